package io.mainstem.gateway.http.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mainstem.gateway.http.protocol.SendRequest.AttachmentRef;
import io.mainstem.message.MessageId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads one message of the stream in one pass, without a tree and without a schema: this is the hot
 * path of chat. It accepts what {@code StreamOp} of the contract accepts; a test holds the two
 * equal.
 */
public final class StreamDecoder {
  private static final int OP = 1;
  private static final int REF = 1 << 1;
  private static final int ID = 1 << 2;
  private static final int THREAD = 1 << 3;
  private static final int TO = 1 << 4;
  private static final int CHANNEL = 1 << 5;
  private static final int SUBJECT = 1 << 6;
  private static final int TEXT = 1 << 7;
  private static final int ATTACHMENTS = 1 << 8;
  private static final int GROUP = 1 << 9;
  private static final int UP_TO = 1 << 10;
  private static final int SEQ = 1 << 11;

  private static final int MAX_REF = 64;
  private static final int MAX_ID = 64;
  private static final int MAX_CURSOR = 128;
  private static final int MAX_RECIPIENTS = 256;
  private static final int MAX_ADDRESS = 320;
  private static final int MAX_SUBJECT = 998;
  private static final int MAX_ATTACHMENTS = 64;
  private static final int MAX_BLOB_ID = 256;
  private static final int MAX_NAME = 255;

  /**
   * A message of the stream.
   *
   * @param ref as the client chose it, when it could be read
   * @param request null when there is an error
   * @param quiet whether the operation is one that is never answered
   */
  public record Decoded(
      @Nullable String ref,
      @Nullable StreamRequest request,
      @Nullable RuntimeException error,
      boolean quiet) {}

  private int seen;
  private @Nullable RuntimeException wrong;
  private @Nullable String op;
  private @Nullable String ref;
  private @Nullable String id;
  private @Nullable String thread;
  private @Nullable String channel;
  private @Nullable String group;
  private @Nullable String cursor;
  private String subject = "";
  private String text = "";
  private List<String> to = List.of();
  private List<AttachmentRef> attachments = List.of();

  private StreamDecoder() {}

  /** Never throws; the bytes are known to be UTF-8. */
  public static Decoded decode(byte[] bytes) {
    return new StreamDecoder().read(bytes);
  }

  private Decoded read(byte[] bytes) {
    try (JsonParser parser = Json.FACTORY.createParser(bytes)) {
      if (Json.looksOtherwise(bytes) || parser.nextToken() != JsonToken.START_OBJECT) {
        return new Decoded(
            null, null, new Refused(ProblemType.MALFORMED, "A message is one JSON object."), false);
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        readField(parser, parser.currentName());
      }
      if (parser.nextToken() != null) {
        return new Decoded(
            null,
            null,
            new Refused(ProblemType.MALFORMED, "Something stands after the object."),
            false);
      }
    } catch (IOException e) {
      return new Decoded(null, null, Json.malformed(e), false);
    }
    if (wrong != null) {
      return new Decoded(ref, null, wrong, false);
    }
    try {
      return new Decoded(ref, request(), null, false);
    } catch (Malformed | Refused e) {
      return new Decoded(ref, null, e, "typing".equals(op) || "ack".equals(op));
    }
  }

  private StreamRequest request() {
    return switch (op) {
      case "send" -> {
        check(ID | CHANNEL, THREAD | TO | SUBJECT | TEXT | ATTACHMENTS | GROUP);
        if ((seen & TO) != 0 && to.isEmpty()) {
          throw new Malformed("There is nobody in to.", "to");
        }
        if (!MessageId.isUlid(Objects.requireNonNull(id))) {
          throw new Malformed(
              "An id is a ULID: 26 characters of 0-9 and A-Z without I, L, O, U.", "id");
        }
        yield new StreamRequest.Send(
            new SendRequest(
                new MessageId(id),
                Fields.thread(thread),
                to,
                Fields.channel(Objects.requireNonNull(channel)),
                subject,
                text,
                attachments,
                group));
      }
      case "read" -> {
        check(THREAD | UP_TO, 0);
        yield new StreamRequest.Read(
            Fields.threadIn(Objects.requireNonNull(thread)), Objects.requireNonNull(cursor));
      }
      case "typing" -> {
        check(THREAD, 0);
        yield new StreamRequest.Typing(Fields.threadIn(Objects.requireNonNull(thread)));
      }
      case "ack" -> {
        check(SEQ, 0);
        yield new StreamRequest.Ack(Objects.requireNonNull(cursor));
      }
      case "ping" -> {
        check(0, 0);
        yield new StreamRequest.Ping();
      }
      case null -> throw new Malformed("op is missing.", "op");
      default -> throw new Malformed("op is send, read, typing, ack or ping.", "op");
    };
  }

  private void check(int required, int optional) {
    int missing = required & ~seen;
    if (missing != 0) {
      throw new Malformed(nameOf(missing) + " is missing.", nameOf(missing));
    }
    int foreign = seen & ~(required | optional | OP | REF);
    if (foreign != 0) {
      throw new Malformed(nameOf(foreign) + " does not belong to this op.", nameOf(foreign));
    }
  }

  private void readField(JsonParser parser, String name) throws IOException {
    parser.nextToken();
    switch (name) {
      case "op" -> op = text(parser, OP, "op", 1, MAX_ID);
      case "ref" -> ref = text(parser, REF, "ref", 1, MAX_REF);
      case "id" -> id = text(parser, ID, "id", 1, MAX_ID);
      case "threadId" -> thread = text(parser, THREAD, "threadId", 1, MAX_ID);
      case "channel" -> channel = text(parser, CHANNEL, "channel", 1, MAX_ID);
      case "group" -> group = text(parser, GROUP, "group", 1, MAX_NAME);
      case "upTo" -> cursor = text(parser, UP_TO, "upTo", 1, MAX_CURSOR);
      case "seq" -> cursor = text(parser, SEQ, "seq", 1, MAX_CURSOR);
      case "subject" -> subject = orEmpty(text(parser, SUBJECT, "subject", 0, MAX_SUBJECT));
      case "text" -> text = orEmpty(text(parser, TEXT, "text", 0, Integer.MAX_VALUE));
      case "to" -> to = recipients(parser);
      case "attachments" -> attachments = attachments(parser);
      default -> {
        fault("There is no field of that name.", name.length() <= MAX_ID ? name : null);
        parser.skipChildren();
      }
    }
  }

  private @Nullable String text(JsonParser parser, int bit, String name, int min, int max)
      throws IOException {
    seen |= bit;
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      fault(name + " is a string.", name);
      parser.skipChildren();
      return null;
    }
    var value = parser.getText();
    if (value.length() < min
        || value.length() > max && value.codePointCount(0, value.length()) > max) {
      fault(name + " has " + min + " to " + max + " characters.", name);
      return null;
    }
    return value;
  }

  private List<String> recipients(JsonParser parser) throws IOException {
    seen |= TO;
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      fault("to is an array.", "to");
      parser.skipChildren();
      return List.of();
    }
    var out = new ArrayList<String>(2);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      var one = text(parser, TO, "to", 1, MAX_ADDRESS);
      if (one != null && out.size() < MAX_RECIPIENTS) {
        out.add(one);
      } else if (one != null) {
        fault("to has at most " + MAX_RECIPIENTS + " entries.", "to");
      }
    }
    return out;
  }

  private List<AttachmentRef> attachments(JsonParser parser) throws IOException {
    seen |= ATTACHMENTS;
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      fault("attachments is an array.", "attachments");
      parser.skipChildren();
      return List.of();
    }
    var out = new ArrayList<AttachmentRef>(2);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      var one = attachment(parser);
      if (one != null && out.size() < MAX_ATTACHMENTS) {
        out.add(one);
      } else {
        fault(
            "attachments has at most " + MAX_ATTACHMENTS + " entries of id and name.",
            "attachments");
      }
    }
    return out;
  }

  private @Nullable AttachmentRef attachment(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return null;
    }
    String blob = null;
    String name = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "id" -> blob = text(parser, ATTACHMENTS, "attachments", 1, MAX_BLOB_ID);
        case "name" -> name = text(parser, ATTACHMENTS, "attachments", 1, MAX_NAME);
        default -> {
          fault("An attachment has id and name.", "attachments");
          parser.skipChildren();
        }
      }
    }
    return blob == null || name == null ? null : new AttachmentRef(blob, name);
  }

  /** The first fault is told; reading goes on, because the ref may stand after it. */
  private void fault(String detail, @Nullable String field) {
    if (wrong == null) {
      wrong = new Malformed(detail, field);
    }
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String nameOf(int bits) {
    return switch (Integer.lowestOneBit(bits)) {
      case OP -> "op";
      case REF -> "ref";
      case ID -> "id";
      case THREAD -> "threadId";
      case TO -> "to";
      case CHANNEL -> "channel";
      case SUBJECT -> "subject";
      case TEXT -> "text";
      case ATTACHMENTS -> "attachments";
      case GROUP -> "group";
      case UP_TO -> "upTo";
      default -> "seq";
    };
  }
}
