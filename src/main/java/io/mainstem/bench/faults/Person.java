package io.mainstem.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.mainstem.bench.ChatClient;
import io.mainstem.bench.Ulids;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Somebody with two devices that follow his mailbox at different addresses. He writes over the
 * stream of the first one, and now and then by a plain request; what is not answered is asked again
 * under the same id, for as long as it takes. The second device reads what comes. Confined to the
 * load's event loop.
 */
final class Person {
  /** What may be unanswered on one connection; the server takes 64 before it stops reading. */
  private static final int WINDOW = 48;

  /** What he may have written and not yet got acknowledged; then he writes nothing new. */
  private static final int MOST_UNANSWERED = 4_000;

  private static final int EVERY_BY_REQUEST = 4;
  private static final int READ_MILLIS = 1_000;

  /** Of the pause after a refusal: at most 1.6 s, so that the end of a stall is noticed. */
  private static final int MOST_DOUBLINGS = 3;

  private static final String READ = "read";

  /** What complaints are about. */
  private static final String REQUEST = "request";

  private static final String OPERATION = "stream operation";
  private static final String STREAM = "stream";

  private record Message(String id, String mark, String to) {
    JsonObject body() {
      return new JsonObject()
          .put("id", id)
          .put("to", new JsonArray().add(to))
          .put("channel", "chat")
          .put("text", "Shall we meet at the station at eight? " + mark);
    }
  }

  private final String name;
  private final String token;
  private final Neighbourhood around;
  private final List<RoamingStream> devices = new ArrayList<>();
  private final List<History.DeviceLog> logs = new ArrayList<>();
  private final ArrayDeque<Message> waiting = new ArrayDeque<>();
  private final Map<String, Message> onTheWire = new LinkedHashMap<>();
  private final ArrayDeque<Message> byRequest = new ArrayDeque<>();
  private boolean isAsking;
  private int written;
  private int door;
  private int held;
  private int unanswered;

  /** Refusals in a row, of either kind; who is refused asks less and less often. */
  private int refusedPosts;

  private int refusedOperations;
  private boolean isPausing;
  private boolean reads = true;
  private long readMillis;

  /**
   * @param door where his first device connects first; the second takes the next one
   */
  Person(String name, String token, int door, Neighbourhood around) {
    this.name = name;
    this.token = token;
    this.around = around;
    this.door = door;
    for (int i = 0; i < 2; i++) {
      History.DeviceLog log = around.history().device(name, i);
      logs.add(log);
      devices.add(
          new RoamingStream(
              around.context(),
              around.sockets(),
              around.doors(),
              door + i,
              token,
              RoamingStream.Patience.DEFAULT,
              new Ear(i == 0, log)));
    }
  }

  String name() {
    return name;
  }

  String token() {
    return token;
  }

  void start() {
    devices.forEach(RoamingStream::start);
  }

  void stop() {
    devices.forEach(RoamingStream::stop);
  }

  boolean isFollowing() {
    return devices.stream().allMatch(RoamingStream::isCaughtUp);
  }

  int connections() {
    return devices.stream().mapToInt(RoamingStream::connections).sum();
  }

  /** Messages that he would have written, had the bound not been reached. */
  int held() {
    return held;
  }

  /** Requests that got no answer at all, though there was a connection. */
  int unanswered() {
    return unanswered;
  }

  /** Where his first device stands. */
  String cursor() {
    return devices.getFirst().cursor();
  }

  /** Whether each of his devices was told this entry. */
  boolean haveSeen(String seq) {
    return logs.stream().allMatch(log -> log.hasSeen(seq));
  }

  /** From now on his devices only listen. */
  void rest() {
    reads = false;
  }

  /** Writes a message that was due at a moment. */
  void write(String to, long dueNanos) {
    if (waiting.size() + onTheWire.size() + byRequest.size() >= MOST_UNANSWERED) {
      held++;
      return;
    }
    var message = new Message(Ulids.next(), around.history().ask(name, to, dueNanos), to);
    if (written++ % EVERY_BY_REQUEST == 0) {
      byRequest.add(message);
      post();
    } else {
      waiting.add(message);
      flush();
    }
  }

  private void flush() {
    while (!isPausing && onTheWire.size() < WINDOW && !waiting.isEmpty()) {
      Message next = waiting.peek();
      JsonObject op = next.body().put("op", "send").put("ref", next.mark());
      if (!devices.getFirst().say(op.encode())) {
        return;
      }
      waiting.remove();
      onTheWire.put(next.mark(), next);
    }
  }

  /** One request at a time: who gets no answer does not ask for more. */
  private void post() {
    Message message = byRequest.peek();
    if (isAsking || message == null) {
      return;
    }
    isAsking = true;
    ChatClient client = around.clients().get(door % around.clients().size());
    client
        .call(HttpMethod.POST, "/api/v1/messages", token, message.body())
        .onComplete(
            answer -> around.context().runOnContext(v -> onPosted(message, answer.cause())));
  }

  private void onPosted(Message message, @Nullable Throwable failure) {
    isAsking = false;
    if (failure == null) {
      refusedPosts = 0;
      byRequest.remove();
      around.history().acknowledge(message.mark());
      post();
    } else if (failure instanceof ChatClient.Refused refused && !isPassing(refused.status())) {
      around.complaints().add(REQUEST, refused.status(), refused.body());
      byRequest.remove();
      around.history().refuse(message.mark(), String.valueOf(refused.getMessage()));
      post();
    } else {
      if (failure instanceof ChatClient.Refused refused) {
        around.complaints().add(REQUEST, refused.status(), refused.body());
      } else if (!(failure instanceof ConnectException)) {
        unanswered++;
      }
      // Not reached, no answer or not now: the same again, somewhere else.
      door++;
      later(refusedPosts++, this::post);
    }
  }

  private void later(int attempt, Runnable again) {
    long delay =
        RoamingStream.Patience.DEFAULT.delayMillis(
            Math.min(attempt, MOST_DOUBLINGS), ThreadLocalRandom.current().nextDouble());
    around.context().owner().setTimer(delay, id -> around.context().runOnContext(v -> again.run()));
  }

  private static boolean isPassing(int status) {
    return status >= 500 || status == 429 || status == 408;
  }

  private void onAnswer(JsonNode answer) {
    JsonNode error = answer.get("error");
    if (error != null) {
      around.complaints().add(OPERATION, error.path("status").asInt(), error);
    }
    Message message = onTheWire.remove(answer.path("ref").asText());
    if (message == null) {
      return;
    }
    if (error == null) {
      refusedOperations = 0;
      around.history().acknowledge(message.mark());
    } else if (isPassing(error.path("status").asInt(500))) {
      waiting.addFirst(message);
      pause();
    } else {
      around.history().refuse(message.mark(), error.toString());
    }
    flush();
  }

  /** What the answer refused for now is asked again with all the rest, after a while. */
  private void pause() {
    if (!isPausing) {
      isPausing = true;
      later(
          refusedOperations++,
          () -> {
            isPausing = false;
            flush();
          });
    }
  }

  /** Reads the conversation of the newest message, at most once a second. */
  private void read(JsonNode frame) {
    long now = System.currentTimeMillis();
    if (!reads || now - readMillis < READ_MILLIS) {
      return;
    }
    for (JsonNode change : frame.path("changes")) {
      JsonNode message = change.path("message");
      if (change.path("arrived").asBoolean() && !message.path("from").path("self").asBoolean()) {
        readMillis = now;
        devices
            .getLast()
            .say(
                new JsonObject()
                    .put("op", READ)
                    .put("ref", READ)
                    .put("threadId", message.path("threadId").asText())
                    .put("upTo", frame.get("seq").asText())
                    .encode());
        return;
      }
    }
  }

  private final class Ear implements RoamingStream.Listener {
    private final boolean speaks;
    private final History.DeviceLog log;

    Ear(boolean speaks, History.DeviceLog log) {
      this.speaks = speaks;
      this.log = log;
    }

    @Override
    public void onOpen() {
      if (speaks) {
        // Whether it was stored or not is unknown: the same ids again, in the same order.
        var again = new ArrayDeque<>(onTheWire.values());
        onTheWire.clear();
        again.addAll(waiting);
        waiting.clear();
        waiting.addAll(again);
        flush();
      }
    }

    @Override
    public void onEntry(JsonNode frame) {
      log.onEntry(frame);
      if (!speaks) {
        read(frame);
      }
    }

    @Override
    public void onAnswer(JsonNode answer) {
      Person.this.onAnswer(answer);
    }

    @Override
    public void onRefused(int status, String body) {
      around.complaints().add(STREAM, status, body);
    }

    @Override
    public void onEnded(String why) {
      around.complaints().add(STREAM + " ended: " + why);
    }

    @Override
    public void onReset(JsonNode frame) {
      around.complaints().add(STREAM + " set back");
      log.onReset();
    }
  }
}
