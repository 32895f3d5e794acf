package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Bytes of the data directory for each short chat, both logs, objects and indexes included, after a
 * clean stop.
 */
final class SizeScenario implements Scenario {
  private static final int PAIRS = 10;
  private static final int MESSAGES = 2_000;
  private static final int UNDER_WAY = 50;

  private static final List<String> WORDS =
      List.of(
          ("station market evening letter garden window coffee bridge train river ticket music"
               + " paper lunch doctor school picture summer winter corner basket bottle engine"
               + " village harbour mountain kitchen meeting holiday tomorrow yesterday morning call"
               + " bring leave arrive forget remember finish begin ask answer buy carry open close"
               + " large small early late cheap quiet green yellow before after near behind with"
               + " without maybe never always please")
              .split(" "));

  @Override
  public String name() {
    return "size";
  }

  @Override
  public void run(Lab lab) throws Exception {
    var bytes = new ArrayList<Double>();
    for (int run = 0; run < lab.runs(); run++) {
      long empty;
      var random = new Random(run);
      try (var server = lab.server("size", Lab.QUICK_LOGIN)) {
        Lab.addUsers(server, "a", PAIRS);
        Lab.addUsers(server, "b", PAIRS);
      }
      empty = Lab.sizeBytes(lab.room().resolve("size"));
      try (var server = ServerProcess.start(lab.room().resolve("size"), Lab.QUICK_LOGIN)) {
        var client = new ChatClient(lab.vertx(), server.endpoint("http"));
        for (int p = 0; p < PAIRS; p++) {
          String token = get(client.login("a" + p, Lab.PASSWORD));
          for (int i = 0; i < MESSAGES; i += UNDER_WAY) {
            var sent = new ArrayList<Future<?>>();
            for (int n = 0; n < UNDER_WAY; n++) {
              var body =
                  new JsonObject()
                      .put("id", Ulids.next())
                      .put("to", new JsonArray().add("b" + p))
                      .put("channel", "chat")
                      .put("text", sentence(random));
              sent.add(client.call(HttpMethod.POST, "/api/v1/messages", token, body));
            }
            get(Future.join(sent));
          }
        }
        get(client.close());
      }
      bytes.add((double) (Lab.sizeBytes(lab.room().resolve("size")) - empty) / (PAIRS * MESSAGES));
    }
    lab.figures()
        .add(
            "size",
            "bytes_per_message",
            "B",
            Map.of("messages", PAIRS * MESSAGES),
            bytes,
            Map.of());
  }

  /** Twelve words, so that no two messages are alike and none compresses to nothing. */
  private static String sentence(Random random) {
    return random
        .ints(12, 0, WORDS.size())
        .mapToObj(WORDS::get)
        .collect(Collectors.joining(" ", "", "."));
  }

  @CanIgnoreReturnValue
  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
  }
}
