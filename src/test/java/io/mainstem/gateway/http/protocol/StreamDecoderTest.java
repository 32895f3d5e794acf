package io.mainstem.gateway.http.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Position;
import io.mainstem.message.Hlc;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The decoder written by hand says the same as the schemas of the contract; bytes and cursors are
 * read strictly.
 */
final class StreamDecoderTest {
  private static final String ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

  @Test
  void theDecoderAcceptsWhatTheSchemaAccepts() throws Exception {
    var vertx = Vertx.vertx();
    try {
      var contract =
          Contract.load(vertx).toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
      var schemas = new TreeMap<String, Validator>();
      for (var op : new String[] {"send", "read", "typing", "ack", "ping"}) {
        schemas.put(
            op, validator(contract, "Op" + Character.toUpperCase(op.charAt(0)) + op.substring(1)));
      }
      long seed = System.nanoTime();
      var random = new Random(seed);
      int accepted = 0;
      for (int i = 0; i < 40_000; i++) {
        var message = message(random);
        var decoded = StreamDecoder.decode(message.encode().getBytes(StandardCharsets.UTF_8));
        var schema = message.getValue("op") instanceof String op ? schemas.get(op) : null;
        boolean bySchema =
            schema != null && Boolean.TRUE.equals(schema.validate(message).getValid());
        boolean byDecoder = decoded.request() != null || isBeyondTheSchema(decoded.error());
        assertEquals(
            bySchema, byDecoder, "seed " + seed + ": " + message.encode() + " " + decoded.error());
        accepted += bySchema ? 1 : 0;
      }
      assertTrue(accepted > 2_000 && accepted < 38_000, "accepted " + accepted + ", seed " + seed);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  private static Validator validator(Contract contract, String name) {
    var all = contract.document().getJsonObject("components").getJsonObject("schemas");
    var schema =
        new JsonObject(
            all.getJsonObject(name).encode().replace("#/components/schemas/", "#/$defs/"));
    schema.put("$defs", new JsonObject(all.encode().replace("#/components/schemas/", "#/$defs/")));
    return Validator.create(
        JsonSchema.of(schema),
        new JsonSchemaOptions()
            .setBaseUri("app://" + name)
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(OutputFormat.Flag));
  }

  /**
   * What fields mean together, and ids that cannot exist, are judged after the schema; it knows
   * nothing of them.
   */
  private static boolean isBeyondTheSchema(RuntimeException error) {
    return error instanceof Refused
        || error instanceof Malformed malformed
            && (malformed.getMessage().contains("Exactly one of")
                || malformed.getMessage().contains("A message has text")
                || malformed.getMessage().contains("SMS cannot")
                || malformed.getMessage().contains("A new group")
                || malformed.getMessage().contains("A subject is one line"));
  }

  /** Mostly right, with a fault here and there. */
  private static JsonObject message(Random random) {
    var message = new JsonObject();
    var op =
        new String[] {"send", "send", "send", "read", "typing", "ack", "ping", "fly"}
            [random.nextInt(8)];
    put(message, "op", op, random);
    if (random.nextBoolean()) {
      put(message, "ref", "r", random);
    }
    for (var field :
        switch (op) {
          case "send" ->
              new String[] {
                "id", "channel", "to", "text", "subject", "attachments", "group", "threadId"
              };
          case "read" -> new String[] {"threadId", "upTo"};
          case "typing" -> new String[] {"threadId"};
          case "ping" -> new String[] {};
          default -> new String[] {"seq"};
        }) {
      if (random.nextInt(10) > 0) {
        put(message, field, right(field, random), random);
      }
    }
    if (random.nextInt(12) == 0) {
      message.put(new String[] {"seq", "upTo", "text", "more", "id"}[random.nextInt(5)], "x");
    }
    return message;
  }

  private static void put(JsonObject message, String field, Object right, Random random) {
    message.put(field, random.nextInt(25) == 0 ? wrong(random) : right);
  }

  private static Object right(String field, Random random) {
    return switch (field) {
      case "id" ->
          random.nextInt(10) == 0
              ? new String[] {
                    ULID.toLowerCase(java.util.Locale.ROOT),
                    ULID + "A",
                    ULID.substring(1),
                    "8" + ULID.substring(1)
                  }
                  [random.nextInt(4)]
              : ULID;
      case "channel" -> new String[] {"chat", "mail", "sms", "fax"}[random.nextInt(4)];
      case "to" -> new JsonArray().add("bob").add("x".repeat(random.nextInt(10) == 0 ? 321 : 320));
      case "attachments" -> {
        var one =
            new JsonObject()
                .put("id", "b")
                .put("name", "n".repeat(random.nextInt(10) == 0 ? 256 : 3));
        yield new JsonArray().add(random.nextInt(6) == 0 ? one.put("type", "x") : one);
      }
      case "subject" -> "s".repeat(random.nextInt(10) == 0 ? 999 : 998);
      case "threadId" -> "t".repeat(random.nextInt(10) == 0 ? 65 : 64);
      case "upTo", "seq" -> "c".repeat(random.nextInt(10) == 0 ? 129 : 128);
      default -> "text";
    };
  }

  private static Object wrong(Random random) {
    return switch (random.nextInt(7)) {
      case 0 -> 7;
      case 1 -> true;
      case 2 -> new JsonArray();
      case 3 -> new JsonObject();
      case 4 -> "";
      case 5 -> new JsonArray().add(7);
      default -> new JsonObject(new java.util.HashMap<>(Map.of("id", 1)));
    };
  }

  @Test
  void utf8IsJudgedAsTheJdkJudgesIt() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    int valid = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(6)];
      random.nextBytes(bytes);
      if (random.nextBoolean()) {
        bytes =
            new StringBuilder()
                .appendCodePoint(random.nextInt(0x110000))
                .append('x')
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        bytes[random.nextInt(bytes.length)] ^=
            (byte) (random.nextInt(4) == 0 ? 1 << random.nextInt(8) : 0);
      }
      boolean expected;
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        expected = true;
        valid++;
      } catch (CharacterCodingException e) {
        expected = false;
      }
      assertEquals(
          expected, Utf8.isValid(bytes), "seed " + seed + ": " + java.util.Arrays.toString(bytes));
    }
    assertTrue(valid > 10_000);
  }

  @Test
  void cursorsAreReadAsTheyWereWrittenAndNoOtherwise() {
    var random = new Random(7);
    int passed = 0;
    for (int i = 0; i < 10_000; i++) {
      var cursor =
          new Cursor(
              random.nextInt(1 << random.nextInt(1, 31)),
              random.nextLong(Long.MAX_VALUE) >>> random.nextInt(60));
      var text = Cursors.write(cursor);
      assertEquals(cursor, Cursors.read(text, "since"));
      assertThrows(Refused.class, () -> Cursors.read("0" + text, "since"));
      passed += isCursor(text + "0") ? 1 : 0;
      passed += isCursor(text.substring(0, text.length() - 1)) ? 1 : 0;
      passed += isCursor("1" + text) ? 1 : 0;
      var position = new Position(new Hlc(random.nextLong()), "t-" + i);
      assertEquals(position, Cursors.readPosition(Cursors.write(position), "before"));
    }
    assertTrue(passed < 20, passed + " of 30,000 changed cursors passed");
    assertFalse(Cursors.write(1, 5).equals(Cursors.write(1, 6)));
  }

  private static boolean isCursor(String text) {
    try {
      return Cursors.write(Cursors.read(text, "since")).equals(text);
    } catch (Refused refused) {
      return false;
    }
  }
}
