package io.mainstem.gateway.http.stream;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The clock of the streams of one event loop: pings each of them once in a period, a few each
 * second, and closes those that do not read. One timer serves all, because a timer each would cost
 * memory on every idle stream. Confined to its event loop.
 */
final class Pulse {
  private final int pingSeconds;
  private final List<StreamSession> streams = new ArrayList<>();
  private final Set<StreamSession> full = new HashSet<>();
  private int next;

  Pulse(int pingSeconds) {
    this.pingSeconds = pingSeconds;
  }

  void add(StreamSession stream) {
    stream.place(streams.size());
    streams.add(stream);
  }

  /** The last stream takes its place. */
  void remove(StreamSession stream) {
    full.remove(stream);
    var last = streams.removeLast();
    if (last != stream) {
      streams.set(stream.place(), last);
      last.place(stream.place());
    }
  }

  void onFull(StreamSession stream) {
    full.add(stream);
  }

  void onDrained(StreamSession stream) {
    full.remove(stream);
  }

  /** Once a second. */
  void beat(long nowMillis) {
    for (var stream : List.copyOf(full)) {
      stream.checkSlow(nowMillis);
    }
    for (int i = streams.size() - 1; i >= 0; i--) {
      streams.get(i).checkSession(nowMillis);
    }
    int now = (streams.size() + pingSeconds - 1) / pingSeconds;
    for (int i = 0; i < now && !streams.isEmpty(); i++) {
      next = next >= streams.size() ? 0 : next;
      streams.get(next++).ping();
    }
  }

  /** Says to all that they may connect again elsewhere. */
  void endAll() {
    for (var stream : List.copyOf(streams)) {
      stream.close(StreamSession.TRY_AGAIN, "connect again");
    }
  }
}
