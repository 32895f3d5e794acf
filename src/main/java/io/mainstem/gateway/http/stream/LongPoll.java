package io.mainstem.gateway.http.stream;

import io.mainstem.gateway.http.rendering.FrameRenderer;
import io.mainstem.mailbox.Watched;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * Waits until something is shown to a watcher, the time is over, or the client has gone. Confined
 * to the context on which it was made; what a mailbox says elsewhere is carried there.
 */
public final class LongPoll implements CoreSubscriber<Watched> {
  private static final int WINDOW = 16;

  private final Context context;
  private final Flux<Watched> watch;
  private final Promise<Boolean> came = Promise.promise();
  private final long timer;
  private final Vertx vertx;
  private @Nullable Subscription subscription;

  public LongPoll(Vertx vertx, Flux<Watched> watch, long waitMillis, Future<Void> clientGone) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.watch = watch;
    this.timer = vertx.setTimer(waitMillis, id -> finish(false));
    clientGone.onComplete(gone -> context.runOnContext(v -> finish(false)));
  }

  /** True when there is something to ask for. */
  public Future<Boolean> await() {
    watch.subscribe(this);
    return came.future();
  }

  @Override
  public void onSubscribe(Subscription s) {
    context.runOnContext(
        v -> {
          subscription = s;
          if (came.future().isComplete()) {
            s.cancel();
          } else {
            s.request(WINDOW);
          }
        });
  }

  @Override
  public void onNext(Watched watched) {
    if (watched instanceof Watched.Stale) {
      // What this poll is answered with says so; there is nothing to tell beside it.
      context.runOnContext(v -> finish(false));
      return;
    }
    boolean shown =
        switch (watched) {
          case Watched.Entry entry -> FrameRenderer.isShown(entry.frame());
          case Watched.Reset reset -> true;
          case Watched.Reconnect reconnect -> true;
          case Watched.CaughtUp caughtUp -> false;
          case Watched.Stale stale -> false;
          case Watched.Ephemeral ephemeral -> false;
        };
    context.runOnContext(
        v -> {
          if (shown) {
            finish(true);
          } else if (subscription != null) {
            subscription.request(1);
          }
        });
  }

  @Override
  public void onError(Throwable cause) {
    context.runOnContext(
        v -> {
          vertx.cancelTimer(timer);
          came.tryFail(cause);
        });
  }

  @Override
  public void onComplete() {
    context.runOnContext(v -> finish(true));
  }

  private void finish(boolean shown) {
    vertx.cancelTimer(timer);
    if (subscription != null) {
      subscription.cancel();
    }
    came.tryComplete(shown);
  }
}
