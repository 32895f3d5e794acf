package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Codec;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Moved;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Staleness;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.FeatureLevel;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.Partition;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/**
 * The mailboxes that this node owns. Each user is pinned to one of a few event loops by his
 * partition; whatever is asked of him crosses to that loop once, and the answer crosses back to the
 * asker's context.
 */
public final class LocalMailboxes implements MailboxService {
  private static final Logger LOG = LoggerFactory.getLogger(LocalMailboxes.class);
  private static final String UNOWNED = "the mailbox has no owner here now; ask again";

  private final Vertx vertx;
  private final HostParts parts;
  private final HeldPartitions partitions;
  private final List<HostLoop> loops = new CopyOnWriteArrayList<>();
  private final AtomicInteger open = new AtomicInteger();

  /** The highest feature level that this node reads. */
  private final int reads;

  private volatile int level = FeatureLevel.FIRST;
  private volatile IntSupplier elsewhere = () -> FeatureLevel.OWN;
  private volatile boolean stopping;

  /** Whether the store has not shown for a while that this node owns what it holds. */
  private volatile boolean stale;

  private volatile Consumer<Boolean> onStale = now -> {};
  private volatile String deployment = "";
  private final Agenda agenda;

  private LocalMailboxes(Vertx vertx, HostParts parts, int reads) {
    this.vertx = vertx;
    this.parts = parts;
    this.reads = reads;
    this.agenda = new Agenda(vertx, this, parts);
    this.partitions = new HeldPartitions(vertx, parts, this::loopOf, agenda::add);
  }

  /** Joins the cell, takes all partitions, and begins with what stands on their agenda. */
  public static Future<LocalMailboxes> start(Vertx vertx, HostParts parts, int loopCount) {
    Set<Integer> all = IntStream.range(0, parts.partitions()).boxed().collect(Collectors.toSet());
    return join(vertx, parts, loopCount)
        .compose(mailboxes -> mailboxes.learnLevel().map(mailboxes))
        .compose(mailboxes -> mailboxes.take(all).map(taken -> mailboxes));
  }

  /** Joins the cell and holds nothing yet. */
  public static Future<LocalMailboxes> join(Vertx vertx, HostParts parts, int loopCount) {
    return join(vertx, parts, loopCount, FeatureLevel.OWN);
  }

  /**
   * As a version would that reads up to this feature level. Fails with {@link FeatureLevel.TooOld}.
   */
  public static Future<LocalMailboxes> join(
      Vertx vertx, HostParts parts, int loopCount, int level) {
    var mailboxes = new LocalMailboxes(vertx, parts, level);
    // The first use of the log's format builds its schema, which is no work for an event loop.
    Future<Codec.Encoded> formatReady = vertx.executeBlocking(LocalMailboxes::useFormat, false);
    return mailboxes
        .partitions
        .join(level)
        .compose(
            incarnation -> {
              parts.ownership().onStale(mailboxes::tellStale);
              return formatReady.compose(ready -> mailboxes.deploy(loopCount));
            })
        .map(
            id -> {
              mailboxes.deployment = id;
              return mailboxes;
            });
  }

  private static Codec.Encoded useFormat() {
    return Codec.encode(new Entry(1, 0, 0, List.of(new Event.Fenced(1, 0))));
  }

  private Future<String> deploy(int loopCount) {
    // A small heap beats the setting: objects take about twice what they say of themselves.
    long cacheBytes =
        Math.min(parts.config().cacheBytes(), Runtime.getRuntime().maxMemory() / 4) / loopCount;
    return vertx.deployVerticle(
        () ->
            new VerticleBase() {
              @Override
              public Future<?> start() {
                var loop = new HostLoop(LocalMailboxes.this, parts, context, cacheBytes);
                loops.add(loop);
                vertx.setPeriodic(1000, id -> loop.execute(loop::tick));
                return Future.succeededFuture();
              }
            },
        new DeploymentOptions().setInstances(loopCount));
  }

  // ---- the three verbs

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
    // An edit goes on to others; one that comes from them is for this mailbox alone.
    int read = command instanceof Command.Edit ? levelOfAll() : level;
    if (command.level() > read) {
      return isOwned(user)
          ? busy(
              "level",
              "this can be done once all servers have been upgraded (feature level "
                  + command.level()
                  + ")")
          : refuse("unowned", UNOWNED);
    }
    return ask(user, promise -> resident -> new Work.Submission<>(resident, command, promise));
  }

  @Override
  @SuppressWarnings("unchecked") // The query's kind fixes R.
  public <R> Future<R> query(UserId user, Query<R> query) {
    return switch (query) {
      case Query.Head head ->
          (Future<R>)
              this.<Cursor>direct(user, work -> work.succeed(work.resident.settledCursor()));
      case Query.Updates updates ->
          (Future<R>)
              this.<Query.UpdatePage>direct(
                  user,
                  work ->
                      work.resident
                          .watchers()
                          .updates(
                              updates,
                              (page, cause) -> {
                                if (page != null) {
                                  work.succeed(page);
                                } else {
                                  work.fail(
                                      cause == null ? new IllegalStateException("no page") : cause);
                                }
                              }));
      default -> ask(user, promise -> resident -> new Work.Question<>(resident, query, promise));
    };
  }

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command, Staleness asker) {
    return marking(asker, () -> submit(user, command));
  }

  @Override
  public <R> Future<R> query(UserId user, Query<R> query, Staleness asker) {
    return marking(asker, () -> query(user, query));
  }

  /**
   * Whoever is told nothing sees all that was acknowledged to anybody before this node was last
   * shown that it stands, which was not long before he asked. At the end alone it would not do: by
   * then this node may stand anew, and answer from what it had before.
   */
  private <R> Future<R> marking(Staleness asker, Supplier<Future<R>> question) {
    long before = staleMillis();
    return question
        .get()
        .andThen(
            done -> {
              long millis = Math.max(before, staleMillis());
              // Who sends the asker elsewhere has answered nothing.
              if (millis > 0
                  && !(done.cause() instanceof NotOwner)
                  && !(done.cause() instanceof Moved)) {
                asker.stale(millis);
              }
            });
  }

  @Override
  public Flux<Watched> watch(UserId user, Cursor after) {
    return Flux.from(
        subscriber -> {
          HostLoop loop = loopOf(user);
          var watcher = new Watcher(loop, user, after, subscriber);
          subscriber.onSubscribe(watcher);
          if (stopping || !isOwned(user)) {
            loop.execute(watcher::reconnect);
          } else {
            loop.execute(watcher::start);
          }
        });
  }

  /** Tells those who watch this user here of something that is never logged. */
  @Override
  public void signal(UserId user, Signal signal) {
    HostLoop loop = loopOf(user);
    loop.execute(
        () -> {
          Resident resident = loop.present(user);
          if (resident != null) {
            resident.watchers().onSignal(signal);
          }
        });
  }

  // ---- for operators

  /** Makes all objects of a mailbox anew from its log; commands wait meanwhile. */
  public Future<Void> rebuild(UserId user) {
    Promise<Void> promise = Promise.promise();
    HostLoop loop = loopOf(user);
    loop.execute(
        () ->
            loop.resident(user)
                .chores()
                .whenServing(
                    resident ->
                        resident.rebuild(
                            cause -> {
                              if (cause == null) {
                                promise.complete();
                              } else {
                                promise.fail(cause);
                              }
                            }),
                    promise::fail));
    return promise.future();
  }

  /**
   * Saves a mailbox and drops it from memory, unless it is busy or watched: the next question finds
   * it cold.
   */
  public Future<Void> release(UserId user) {
    Promise<Void> promise = Promise.promise();
    HostLoop loop = loopOf(user);
    loop.execute(
        () -> {
          Resident resident = loop.present(user);
          if (resident == null) {
            promise.complete();
          } else {
            resident.release(promise);
          }
        });
    return promise.future();
  }

  // ---- mailboxes go to other cells, and come from there

  /**
   * Appends entries of a mailbox that is to live here under this generation, unless they are there
   * already; completes with the last number when all is settled. Whoever does not know it asks with
   * no entries. Fails with CONFLICT for what does not follow.
   */
  public Future<Long> adopt(MailboxStore.Mailbox mailbox, List<MailboxStore.Row> rows) {
    if (stopping || !isOwned(mailbox.user())) {
      return refuse("unowned", UNOWNED);
    }
    Promise<Long> promise = Promise.promise();
    int partition = Partition.of(mailbox.user(), parts.partitions());
    HostLoop loop = loopOf(partition);
    loop.execute(
        () -> {
          if (partitions.epoch(partition) == 0) {
            promise.fail(new Rejected(Rejected.Rule.BUSY, "the mailbox has no owner here now"));
          } else {
            Resident other = loop.present(mailbox.user());
            if (other != null && !other.isOf(mailbox)) {
              // It is of a generation that ends, and which nobody loads any more.
              other.lose();
            }
            loop.adoption(mailbox, partition).adopt(rows, promise);
          }
        });
    return promise.future();
  }

  /** The user lives in another cell now: he is dropped from memory, and his watchers go there. */
  public void dropMoved(UserId user) {
    HostLoop loop = loopOf(user);
    loop.execute(
        () -> {
          Resident resident = loop.present(user);
          if (resident != null) {
            resident.lose();
          }
        });
  }

  /**
   * Clears a generation that is not the user's present one and never will be. To be called for
   * nothing else.
   */
  public Future<Void> clear(MailboxStore.Mailbox mailbox) {
    if (stopping || !isOwned(mailbox.user())) {
      return refuse("unowned", UNOWNED);
    }
    long epoch = partitions.epoch(Partition.of(mailbox.user(), parts.partitions()));
    return new Clearing(parts.store(), mailbox, epoch).run();
  }

  /**
   * Entries of a mailbox of this node, as they are stored; what is not settled may be among them.
   */
  public Future<MailboxStore.Rows> read(MailboxStore.Mailbox mailbox, long afterSeq, int limit) {
    return parts.store().read(mailbox, afterSeq, limit);
  }

  /** Commands and queries that are not answered yet. */
  public int queueDepth() {
    return open.get();
  }

  /** Bytes of mailboxes in memory, about. */
  public long cachedBytes() {
    return loops.stream().mapToLong(loop -> loop.cache().bytes()).sum();
  }

  /**
   * Refuses what is new, settles what is under way, saves objects, tells watchers to reconnect, and
   * releases all partitions.
   */
  public Future<Void> stop(Duration atMost) {
    stopping = true;
    partitions.stop();
    agenda.stop();
    long deadline = System.nanoTime() + atMost.toNanos();
    var ends = new ArrayList<Future<Void>>();
    for (HostLoop loop : loops) {
      Promise<Void> end = Promise.promise();
      loop.execute(() -> loop.drain(deadline, end));
      ends.add(end.future());
    }
    return Future.all(ends)
        .compose(drained -> vertx.undeploy(deployment))
        .compose(undeployed -> partitions.releaseAll());
  }

  // ---- partitions come and go

  /** This node's incarnation in the store. */
  public long incarnation() {
    return partitions.incarnation();
  }

  /** The feature level in force, as far as it is known here: nothing of a higher one is written. */
  public int level() {
    return level;
  }

  /** As {@link #level}, and read by the nodes of all other cells too. */
  public int levelOfAll() {
    return Math.min(level, elsewhere.getAsInt());
  }

  /** Which level the nodes of all other cells read, as far as it is known here. */
  public void elsewhere(IntSupplier lowest) {
    elsewhere = lowest;
  }

  /**
   * Asks the store for the level in force, which may rise by that; at the highest there is nothing
   * to ask.
   */
  public Future<Integer> learnLevel() {
    return level >= reads
        ? Future.succeededFuture(level)
        : parts
            .ownership()
            .level()
            .onSuccess(
                known -> {
                  if (known > level) {
                    LOG.info("Feature level {} is in force", known);
                    level = known;
                  }
                });
  }

  /** Whether this node holds the user's partition now and does not hand it over. */
  public boolean holds(UserId user) {
    return !stopping && isOwned(user);
  }

  /**
   * After this node was fenced: all that it held is dropped, and it goes on as a new incarnation
   * that takes again what it still should hold.
   */
  public Future<Long> rejoin() {
    return partitions.rejoin(reads);
  }

  /** The partitions that this node holds now and does not hand over. */
  public Set<Integer> held() {
    return partitions.held();
  }

  /**
   * Takes these partitions, but those that it holds already, and begins with what stands on their
   * agenda. One that it loses later it takes again, until it gives it.
   *
   * @return those that it holds afterwards; the store gives no partition that another holds
   */
  public Future<Set<Integer>> take(Set<Integer> wanted) {
    return stopping ? refuse("stopping", "this node is stopping") : partitions.take(wanted);
  }

  /**
   * Hands partitions over: refuses what is new, settles what is under way, saves objects, tells
   * watchers to reconnect, and releases them. What is not settled at the deadline fails, and is
   * read by the next owner if it was stored.
   */
  public Future<Void> give(Set<Integer> unwanted, Duration atMost) {
    return partitions.give(unwanted, atMost);
  }

  // ---- whether this node is sure of what it holds

  /**
   * For how long the store has not shown that this node owns what it holds, when that is too long
   * for its answers to be given without saying so; else 0. From any thread.
   */
  public long staleMillis() {
    return parts.ownership().staleMillis();
  }

  /** Is told, on any thread, when that begins and when it ends; one at most. */
  public void onStale(Consumer<Boolean> listener) {
    onStale = listener;
  }

  private void tellStale(boolean now) {
    stale = now;
    if (now) {
      LOG.warn("The store does not confirm what this node owns; its answers are marked as stale");
    } else {
      LOG.info("The store confirms again what this node owns");
    }
    for (HostLoop loop : loops) {
      loop.execute(loop::tellWatchers);
    }
    onStale.accept(now);
  }

  /** Whether watchers are to know that what they were told may be old. */
  boolean isStale() {
    return stale;
  }

  // ---- for the loops

  HeldPartitions partitions() {
    return partitions;
  }

  HostLoop loopOf(UserId user) {
    return loopOf(Partition.of(user, parts.partitions()));
  }

  private HostLoop loopOf(int partition) {
    return loops.get(partition % loops.size());
  }

  void onChore() {
    open.incrementAndGet();
  }

  void onFinished() {
    open.decrementAndGet();
  }

  // ---- crossing to the loop and back

  private <R> Future<R> direct(UserId user, Consumer<Work<R>> task) {
    return ask(user, promise -> resident -> new Work.Chore<>(resident, task, promise));
  }

  private <R> Future<R> ask(UserId user, Function<Promise<R>, Function<Resident, Work<R>>> work) {
    if (stopping) {
      return refuse("stopping", "this node is stopping; ask another");
    }
    if (!isOwned(user)) {
      return refuse("unowned", UNOWNED);
    }
    if (open.incrementAndGet() > parts.config().queueTotal()) {
      open.decrementAndGet();
      return busy("queue", "too many commands wait on this node (mailbox.queueTotal)");
    }
    ContextInternal caller = ContextInternal.current();
    Promise<R> promise = caller == null ? Promise.promise() : caller.promise();
    HostLoop loop = loopOf(user);
    loop.execute(
        () -> {
          Resident resident = loop.resident(user);
          resident.accept(work.apply(promise).apply(resident));
        });
    return promise.future();
  }

  private boolean isOwned(UserId user) {
    return partitions.isHeld(Partition.of(user, parts.partitions()));
  }

  /** Whoever routes looks for the owner elsewhere. */
  private <R> Future<R> refuse(String reason, String text) {
    parts.meter().refused(reason);
    return Future.failedFuture(new NotOwner(text, false));
  }

  /** Nobody else would do it either: the asker is told at once. */
  private <R> Future<R> busy(String reason, String text) {
    parts.meter().refused(reason);
    return Future.failedFuture(new Rejected(Rejected.Rule.BUSY, text));
  }
}
