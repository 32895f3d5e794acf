package io.mainstem.gateway.http.stream;

import io.mainstem.message.UserId;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * All open streams of this node by user: for the bound per user, for ending sessions, for what is
 * never logged.
 */
public final class Streams {
  private final ConcurrentHashMap<UserId, UserStreams> users = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final int maxPerUser;

  public Streams(int maxPerUser) {
    this.maxPerUser = maxPerUser;
  }

  /** Null at the bound. */
  @Nullable UserStreams add(StreamSession stream) {
    var added = new boolean[1];
    var streams =
        users.compute(
            stream.user(),
            (user, before) -> {
              var now = before == null ? new UserStreams() : before;
              added[0] = now.add(stream, maxPerUser);
              return now;
            });
    if (added[0]) {
      open.incrementAndGet();
      return streams;
    }
    return null;
  }

  void remove(StreamSession stream) {
    users.computeIfPresent(
        stream.user(), (user, streams) -> streams.remove(stream) ? null : streams);
    open.decrementAndGet();
  }

  List<StreamSession> of(UserId user) {
    var streams = users.get(user);
    return streams == null ? List.of() : streams.all();
  }

  /** Closes the streams of a session that ended. */
  public void endSession(UserId user, String sessionId) {
    for (var stream : of(user)) {
      if (stream.sessionId().equals(sessionId)) {
        stream.endSession();
      }
    }
  }

  /** Closes all streams of a user, who was disabled. */
  public void endUser(UserId user) {
    of(user).forEach(StreamSession::endSession);
  }

  public int open() {
    return open.get();
  }

  public boolean watches(UserId user) {
    return users.containsKey(user);
  }
}
