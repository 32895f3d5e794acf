package io.mainstem.bench.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mainstem.bench.ChatClient;
import io.mainstem.bench.EventLoop;
import io.mainstem.bench.faults.Evidence.Entry;
import io.mainstem.bench.faults.Evidence.MailboxSeen;
import io.mainstem.bench.faults.Evidence.Shown;
import io.mainstem.bench.faults.Evidence.ThreadSeen;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads a whole mailbox over the API, as a new device would: conversations, log and counts. */
final class Afterwards {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final int TRIES = 10;
  private static final int TRY_AGAIN_MILLIS = 500;

  private final ChatClient client;
  private final String token;

  Afterwards(ChatClient client, String token) {
    this.client = client;
    this.token = token;
  }

  /**
   * @param since the cursor where the devices began
   */
  MailboxSeen mailbox(String since) throws InterruptedException {
    var threads = new ArrayList<ThreadSeen>();
    var inInbox = idsIn("&folder=inbox");
    var inRequests = idsIn("&folder=requests");
    for (JsonNode thread : threads("")) {
      String id = thread.get("id").asText();
      threads.add(
          new ThreadSeen(
              id,
              inInbox.contains(id),
              inRequests.contains(id),
              thread.path("unread").asLong(),
              messages(id)));
    }
    JsonNode counts = get("/api/v1/counts");
    return new MailboxSeen(
        threads, log(since), counts.path("unread").asLong(), counts.path("requests").asLong());
  }

  private List<String> idsIn(String folder) throws InterruptedException {
    return threads(folder).stream().map(t -> t.get("id").asText()).toList();
  }

  private List<JsonNode> threads(String folder) throws InterruptedException {
    var all = new ArrayList<JsonNode>();
    String before = "";
    do {
      JsonNode page = get("/api/v1/threads?limit=100" + folder + before);
      page.path("threads").forEach(all::add);
      before = next(page);
    } while (!before.isEmpty());
    return all;
  }

  private List<Shown> messages(String thread) throws InterruptedException {
    var pages = new ArrayList<List<Shown>>();
    String before = "";
    do {
      JsonNode page = get("/api/v1/threads/" + thread + "/messages?limit=500" + before);
      var shown = new ArrayList<Shown>();
      for (JsonNode message : page.path("messages")) {
        boolean seen = false;
        for (JsonNode flag : message.path("flags")) {
          seen |= "\\Seen".equals(flag.asText());
        }
        shown.add(
            new Shown(
                History.markIn(message.path("text").asText()),
                !seen && !message.path("from").path("self").asBoolean()));
      }
      pages.add(shown);
      before = next(page);
    } while (!before.isEmpty());
    var all = new ArrayList<Shown>();
    pages.reversed().forEach(all::addAll);
    return all;
  }

  /** A page may be empty and not the last, when it covers entries that show nothing. */
  private List<Entry> log(String from) throws InterruptedException {
    var entries = new ArrayList<Entry>();
    String since = from;
    while (true) {
      JsonNode page =
          get("/api/v1/updates?wait=0&since=" + URLEncoder.encode(since, StandardCharsets.UTF_8));
      for (JsonNode update : page.path("updates")) {
        entries.add(new Entry(update.get("seq").asText(), History.marksOf(update)));
      }
      String reached = page.get("seq").asText();
      if (reached.equals(since)) {
        return entries;
      }
      since = reached;
    }
  }

  private static String next(JsonNode page) {
    String next = page.path("next").asText("");
    return next.isEmpty() || next.equals("null")
        ? ""
        : "&before=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
  }

  /** Asked again while the server says that it cannot answer now. */
  private JsonNode get(String path) throws InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        JsonObject body =
            EventLoop.await(client.call(HttpMethod.GET, path, token, new JsonObject()), BOUND);
        return JSON.readTree(body.encode());
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      } catch (IllegalStateException e) {
        if (tries == TRIES) {
          throw e;
        }
        Thread.sleep(TRY_AGAIN_MILLIS);
      }
    }
  }
}
