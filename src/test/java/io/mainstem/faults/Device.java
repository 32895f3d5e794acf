package io.mainstem.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mainstem.bench.ChatClient;
import io.vertx.core.Future;
import io.vertx.core.http.WebSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A device of one person that follows the stream by its cursor, through every restart of the
 * server.
 */
final class Device {
  static final Pattern MARK = Pattern.compile("mark-[a-z0-9]+");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String user;

  /** seq of each entry seen and the marks that arrived with it, in the order in which they came. */
  private final Map<String, List<String>> entries = new LinkedHashMap<>();

  private final List<String> wrong = new ArrayList<>();
  private final List<String> closings = new ArrayList<>();
  private final AtomicReference<WebSocket> socket = new AtomicReference<>();
  private volatile Consumer<JsonNode> onAnswer = answer -> {};
  private String cursor = "";

  Device(String user) {
    this.user = user;
  }

  String user() {
    return user;
  }

  void onAnswer(Consumer<JsonNode> handler) {
    onAnswer = handler;
  }

  /** Connects and goes on from the last cursor. */
  Future<WebSocket> follow(ChatClient client, String token) {
    String since;
    synchronized (this) {
      since = cursor;
    }
    return client.stream(token, since, this::onFrame)
        .onSuccess(
            open -> {
              socket.set(open);
              open.closeHandler(closed -> onClosed(open, client, token));
            });
  }

  /** The server closes a device that it finds slow; that one comes back with its cursor. */
  private void onClosed(WebSocket closed, ChatClient client, String token) {
    synchronized (this) {
      closings.add(closed.closeStatusCode() + " after " + cursor);
    }
    if (socket.get() == closed && Short.valueOf((short) 1013).equals(closed.closeStatusCode())) {
      // Perhaps because the server was killed: then it is told to follow the next one.
      follow(client, token).onFailure(this::onNotBack);
    }
  }

  private synchronized void onNotBack(Throwable cause) {
    closings.add("not back: " + cause);
  }

  /** How its connections ended: close codes (RFC 6455 §7.4) and where. */
  synchronized List<String> closings() {
    return List.copyOf(closings);
  }

  boolean send(String text) {
    WebSocket open = socket.get();
    if (open == null || open.isClosed()) {
      return false;
    }
    open.writeTextMessage(text);
    return true;
  }

  private void onFrame(String text) {
    try {
      JsonNode frame = JSON.readTree(text);
      if (frame.has("ref")) {
        onAnswer.accept(frame);
      } else if (frame.has("changes") && frame.has("seq")) {
        onEntry(frame);
      } else if ("caughtUp".equals(frame.path("type").asText())) {
        synchronized (this) {
          cursor = frame.get("seq").asText();
        }
      } else if ("reset".equals(frame.path("type").asText())) {
        fault("a reset although the cursor was good: " + text);
      }
    } catch (JsonProcessingException e) {
      fault("no JSON: " + text);
    }
  }

  private synchronized void onEntry(JsonNode frame) {
    String seq = frame.get("seq").asText();
    var marks = new ArrayList<String>();
    for (JsonNode change : frame.get("changes")) {
      if ("message".equals(change.path("type").asText())) {
        Matcher m = MARK.matcher(change.path("message").toString());
        if (m.find()) {
          marks.add(m.group());
        }
      }
    }
    if (entries.putIfAbsent(seq, marks) != null) {
      fault("entry " + seq + " came twice");
    }
    cursor = seq;
  }

  private synchronized void fault(String what) {
    wrong.add(user + ": " + what);
  }

  synchronized List<String> wrong() {
    return List.copyOf(wrong);
  }

  /** The seqs of all entries that it saw, in order. */
  synchronized List<String> seqs() {
    return List.copyOf(entries.keySet());
  }

  /** The marks of all messages that it saw. */
  synchronized List<String> marks() {
    return entries.values().stream().flatMap(List::stream).distinct().toList();
  }
}
