package io.mainstem.directory;

import io.mainstem.message.Rejected;
import io.mainstem.store.DirectoryStore;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory's store that is not waited for once it has fallen silent: a database that is frozen
 * refuses nothing, and would cost everybody who asks his whole time-out.
 *
 * <pre>
 *             so many reads one after another without an answer in time
 *   answers ─────────────────────────────────────────────────────────────► silent
 *      ▲                                                                      │
 *      └───────── anything is answered: a probe of its own, or late ──────────┘
 * </pre>
 *
 * <p>While it is silent whatever is asked is refused at once, but for its probe. Thread-safe.
 */
public final class Breaker implements DirectoryStore {
  private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);

  /** A row that is never there. */
  private static final Key PROBE = new Key(Table.SECRET, "probe", "");

  private final Vertx vertx;
  private final DirectoryStore store;
  private final Settings settings;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicBoolean silent = new AtomicBoolean();

  /**
   * When it takes the store for silent.
   *
   * @param answerMillis a read that takes longer has no answer
   * @param silentAfter so many of them one after another
   * @param probeMillis between two probes
   */
  public record Settings(long answerMillis, int silentAfter, long probeMillis) {
    public static Settings of(io.mainstem.config.Directory config) {
      return new Settings(config.answerMillis(), config.silentAfter(), config.probeMillis());
    }
  }

  public Breaker(Vertx vertx, DirectoryStore store, Settings settings) {
    this.vertx = vertx;
    this.store = store;
    this.settings = settings;
  }

  @Override
  public boolean isSilent() {
    return silent.get();
  }

  @Override
  public Future<@Nullable Row> get(Key key) {
    return read(() -> store.get(key));
  }

  @Override
  public Future<List<Row>> list(Table table, String group, @Nullable String after, int limit) {
    return read(() -> store.list(table, group, after, limit));
  }

  @Override
  public Future<List<Row>> all(Table table, @Nullable Key after, int limit) {
    return read(() -> store.all(table, after, limit));
  }

  @Override
  public Future<Boolean> write(Key key, long expected, byte[] value) {
    return change(() -> store.write(key, expected, value));
  }

  @Override
  public Future<Boolean> delete(Key key, long expected) {
    return change(() -> store.delete(key, expected));
  }

  /** What became of a change that was not answered is the store's to find out, so it gets time. */
  private Future<Boolean> change(Supplier<Future<Boolean>> ask) {
    return silent.get() ? refuse() : ask.get().onSuccess(done -> onAnswer());
  }

  private <T extends @Nullable Object> Future<T> read(Supplier<Future<T>> ask) {
    return silent.get() ? refuse() : inTime(ask);
  }

  private <T extends @Nullable Object> Future<T> inTime(Supplier<Future<T>> ask) {
    Promise<T> promise = Promise.promise();
    long timer =
        vertx.setTimer(
            settings.answerMillis(),
            id -> {
              if (promise.tryFail(doesNotAnswer())) {
                onNoAnswer();
              }
            });
    ask.get()
        .onComplete(
            answer -> {
              boolean first = vertx.cancelTimer(timer);
              if (answer.succeeded()) {
                onAnswer();
              } else if (first) {
                onNoAnswer();
              }
              handOn(promise, answer);
            });
    return promise.future();
  }

  private static <T extends @Nullable Object> void handOn(
      Promise<T> promise, AsyncResult<T> answer) {
    // Too late for who asked, perhaps.
    boolean unused =
        answer.succeeded() ? promise.tryComplete(answer.result()) : promise.tryFail(answer.cause());
  }

  private static <T extends @Nullable Object> Future<T> refuse() {
    return Future.failedFuture(doesNotAnswer());
  }

  private static Rejected doesNotAnswer() {
    return new Rejected(Rejected.Rule.BUSY, "The directory does not answer; try again.");
  }

  private void onAnswer() {
    unanswered.set(0);
    if (silent.compareAndSet(true, false)) {
      LOG.info("The directory answers again");
    }
  }

  private void onNoAnswer() {
    if (unanswered.incrementAndGet() >= settings.silentAfter()
        && silent.compareAndSet(false, true)) {
      LOG.warn(
          "The directory does not answer: who is known is served on by what is remembered, who is"
              + " not is refused (store.cassandra.directory, directory.answerMillis)");
      probe();
    }
  }

  private void probe() {
    if (silent.get()) {
      store
          .get(PROBE)
          .onComplete(
              answer -> {
                if (answer.succeeded()) {
                  onAnswer();
                } else {
                  vertx.setTimer(settings.probeMillis(), id -> probe());
                }
              });
    }
  }
}
