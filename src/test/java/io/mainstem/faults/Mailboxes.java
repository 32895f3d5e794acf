package io.mainstem.faults;

import io.mainstem.bench.ChatClient;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;

/** Reads a whole mailbox over the API, as a new device would. */
final class Mailboxes {
  private Mailboxes() {}

  /** The marks of every thread's messages, in the order in which they are shown; by thread. */
  static Map<String, List<String>> threads(ChatClient client, String token) throws Exception {
    var all = new LinkedHashMap<String, List<String>>();
    String before = "";
    do {
      JsonObject page = get(client, token, "/api/v1/threads?limit=100" + before);
      for (Object each : page.getJsonArray("threads")) {
        String thread = ((JsonObject) each).getString("id");
        all.put(thread, messages(client, token, thread));
      }
      before = next(page);
    } while (!before.isEmpty());
    return all;
  }

  private static List<String> messages(ChatClient client, String token, String thread)
      throws Exception {
    var pages = new ArrayList<List<String>>();
    String before = "";
    do {
      JsonObject page =
          get(client, token, "/api/v1/threads/" + thread + "/messages?limit=500" + before);
      pages.add(marks(page.getJsonArray("messages")));
      before = next(page);
    } while (!before.isEmpty());
    var all = new ArrayList<String>();
    pages.reversed().forEach(all::addAll);
    return all;
  }

  private static List<String> marks(JsonArray messages) {
    var marks = new ArrayList<String>();
    for (Object each : messages) {
      Matcher m = Device.MARK.matcher(((JsonObject) each).encode());
      if (m.find()) {
        marks.add(m.group());
      }
    }
    return marks;
  }

  private static String next(JsonObject page) {
    String next = page.getString("next");
    return next == null ? "" : "&before=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
  }

  /** Every entry of the log from its beginning, by long-polling: the seqs. */
  static List<String> seqs(ChatClient client, String token, String from) throws Exception {
    var seqs = new ArrayList<String>();
    String since = from;
    while (true) {
      JsonObject page =
          get(
              client,
              token,
              "/api/v1/updates?wait=0&since=" + URLEncoder.encode(since, StandardCharsets.UTF_8));
      JsonArray updates = page.getJsonArray("updates");
      if (updates.isEmpty()) {
        return seqs;
      }
      updates.forEach(u -> seqs.add(((JsonObject) u).getString("seq")));
      since = seqs.getLast();
    }
  }

  private static JsonObject get(ChatClient client, String token, String path) throws Exception {
    return await(client.call(HttpMethod.GET, path, token, new JsonObject()));
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(3, TimeUnit.MINUTES);
  }
}
