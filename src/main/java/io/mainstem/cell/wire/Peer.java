package io.mainstem.cell.wire;

import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Another node, with the stream to it while there is one, and the calls that it has not answered.
 * Calls come from any thread; the stream is replaced on the wire's context.
 */
final class Peer {
  private record Call(
      Promise<Envelope.Response> promise, Link link, long sinceNanos, long deadlineNanos) {}

  private final String name;
  private final int maxInFlight;
  private final long maxWaitingBytes;
  private final ConcurrentHashMap<Long, Call> calls = new ConcurrentHashMap<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong ids = new AtomicLong();
  private volatile @Nullable Link link;
  private volatile long heardNanos = System.nanoTime();

  Peer(String name, int maxInFlight, long maxWaitingBytes) {
    this.name = name;
    this.maxInFlight = maxInFlight;
    this.maxWaitingBytes = maxWaitingBytes;
  }

  String name() {
    return name;
  }

  @Nullable Link link() {
    return link;
  }

  /** A stream stands and has said hello; an older one ends. */
  void onUp(Link newLink) {
    Link old = link;
    heardNanos = System.nanoTime();
    link = newLink;
    if (old != null) {
      old.close("a newer one stands");
    }
  }

  /** Whether it was the stream in use; its calls fail in any case. */
  boolean onDown(Link down) {
    boolean wasInUse = link == down;
    if (wasInUse) {
      link = null;
    }
    failCallsOf(down);
    return wasInUse;
  }

  /** The answer; fails with {@link PeerGone}, or {@link Rejected} at a bound. */
  Future<Envelope.Response> call(Envelope.Request request, long millis) {
    Link now = link;
    if (now == null || now.isClosed()) {
      return Future.failedFuture(new PeerGone("there is no stream to node " + name, false));
    }
    if (now.waitingBytes() > maxWaitingBytes) {
      return busy("too much waits to be sent to the owner (cell.wire.maxWaitingBytes)");
    }
    if (inFlight.incrementAndGet() > maxInFlight) {
      inFlight.decrementAndGet();
      return busy("too many requests to the owner are unanswered (cell.wire.maxInFlight)");
    }
    ContextInternal caller = ContextInternal.current();
    Promise<Envelope.Response> promise = caller == null ? Promise.promise() : caller.promise();
    long id = ids.incrementAndGet();
    long nanos = System.nanoTime();
    calls.put(id, new Call(promise, now, nanos, nanos + millis * 1_000_000));
    now.send(Envelope.of(request.withId(id)));
    if (now.isClosed()) {
      failCallsOf(now);
    }
    return promise.future();
  }

  private static <T> Future<T> busy(String text) {
    return Future.failedFuture(new Rejected(Rejected.Rule.BUSY, text));
  }

  /**
   * An answer to a call that is over already is passed over, and so is one from a stream that the
   * call did not go by: numbers begin anew with a node that has come back.
   */
  void onResponse(Link from, Envelope.Response response) {
    Call call = calls.get(response.id());
    if (call != null && call.link() == from && calls.remove(response.id(), call)) {
      inFlight.decrementAndGet();
      call.promise().complete(response);
    }
  }

  /** It has said something. */
  void onHeard() {
    heardNanos = System.nanoTime();
  }

  /**
   * Ends the calls whose time is over, and the stream when calls wait and nothing comes over it.
   *
   * @param silentNanos how long nothing may come; 0: as long as it likes
   */
  void onTick(long nowNanos, long silentNanos) {
    Link now = link;
    boolean silent = silentNanos > 0 && now != null && nowNanos - heardNanos > silentNanos;
    boolean waits = false;
    for (var each : calls.entrySet()) {
      Call call = each.getValue();
      waits |= silent && call.link() == now && nowNanos - call.sinceNanos() > silentNanos;
      if (nowNanos - call.deadlineNanos() >= 0) {
        fail(
            each.getKey(),
            new Rejected(Rejected.Rule.BUSY, "the owner of the mailbox did not answer in time"));
      }
    }
    if (waits && now != null) {
      now.close("it says nothing while calls wait");
    }
  }

  private void failCallsOf(Link gone) {
    calls.forEach(
        (id, call) -> {
          if (call.link() == gone) {
            fail(id, new PeerGone("the stream to node " + name + " has ended", true));
          }
        });
  }

  private void fail(long id, Throwable cause) {
    Call call = calls.remove(id);
    if (call != null) {
      inFlight.decrementAndGet();
      call.promise().fail(cause);
    }
  }

  int inFlight() {
    return inFlight.get();
  }
}
