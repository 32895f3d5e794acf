package io.mainstem.mailbox.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Watched;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** A watcher that keeps what it is told. */
final class Collector extends BaseSubscriber<Watched> {
  private final List<Watched> told = new ArrayList<>();
  private final long firstRequest;
  private volatile boolean complete;

  Collector(Flux<Watched> flux, long firstRequest) {
    this.firstRequest = firstRequest;
    flux.subscribe(this);
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    request(firstRequest);
  }

  @Override
  protected synchronized void hookOnNext(Watched watched) {
    told.add(watched);
  }

  @Override
  protected void hookOnComplete() {
    complete = true;
  }

  @Override
  protected synchronized void hookOnError(Throwable cause) {
    throw new AssertionError(cause);
  }

  boolean isComplete() {
    return complete;
  }

  synchronized List<Watched> all() {
    return List.copyOf(told);
  }

  synchronized List<Frame> frames() {
    return told.stream()
        .filter(Watched.Entry.class::isInstance)
        .map(w -> ((Watched.Entry) w).frame())
        .toList();
  }

  /** The last number told; 0 for none. */
  long last() {
    List<Frame> frames = frames();
    return frames.isEmpty() ? 0 : frames.get(frames.size() - 1).cursor().seq();
  }

  synchronized @Nullable Cursor caughtUp() {
    return told.stream()
        .filter(Watched.CaughtUp.class::isInstance)
        .map(w -> ((Watched.CaughtUp) w).cursor())
        .findFirst()
        .orElse(null);
  }

  /** All numbers from the first to the last, each once, in order; entries here have one event. */
  void assertGapFree(long first, long last) {
    long expected = first;
    for (Frame frame : frames()) {
      assertEquals(expected++, frame.cursor().seq());
    }
    assertEquals(last + 1, expected);
  }
}
