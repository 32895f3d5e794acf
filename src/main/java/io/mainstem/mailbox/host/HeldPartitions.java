package io.mainstem.mailbox.host;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that this node holds, each under its epoch: they are taken of the store, given
 * back to it, lost to others, and taken again as long as this node is to hold them. From any
 * thread; their mailboxes are dropped on their loops.
 */
final class HeldPartitions {
  private static final Logger LOG = LoggerFactory.getLogger(HeldPartitions.class);
  private static final long RETAKE_MILLIS = 1_000;

  private final Vertx vertx;
  private final HostParts parts;
  private final IntFunction<HostLoop> loopOf;
  private final IntConsumer onHeld;

  /** By partition; 0: it is not held. */
  private final AtomicLongArray epochs;

  /** Partitions that this node is to hold: those that it loses it takes again. */
  private final Set<Integer> wanted = ConcurrentHashMap.newKeySet();

  /** Partitions that are being handed over: they finish what is under way and take nothing new. */
  private final Set<Integer> leaving = ConcurrentHashMap.newKeySet();

  /**
   * Partitions that are asked of the store now. One question at a time: two would raise the epoch
   * twice, and the second would not end what was loaded under the first.
   */
  private final Set<Integer> taking = ConcurrentHashMap.newKeySet();

  /** Partitions that were lost and not taken again. */
  private final Set<Integer> lost = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean retakePlanned = new AtomicBoolean();
  private volatile long incarnation;
  private volatile boolean stopping;

  /**
   * @param loopOf a partition's loop
   * @param onHeld is told, on any thread, of each partition that is held from now on
   */
  HeldPartitions(Vertx vertx, HostParts parts, IntFunction<HostLoop> loopOf, IntConsumer onHeld) {
    this.vertx = vertx;
    this.parts = parts;
    this.loopOf = loopOf;
    this.onHeld = onHeld;
    this.epochs = new AtomicLongArray(parts.partitions());
  }

  // ---- the node in the store

  /** Joins the cell as a version that reads up to this feature level, and holds nothing yet. */
  Future<Long> join(int level) {
    return parts
        .ownership()
        .join(parts.node(), level)
        .map(
            first -> {
              incarnation = first;
              parts.ownership().onFenced(this::onFenced);
              return first;
            });
  }

  /** After this node was fenced: drops all, and goes on as a new incarnation. */
  Future<Long> rejoin(int level) {
    dropAll();
    return parts
        .ownership()
        .join(parts.node(), level)
        .map(
            fresh -> {
              LOG.warn("This node was fenced; it goes on as incarnation {}", fresh);
              incarnation = fresh;
              return fresh;
            });
  }

  long incarnation() {
    return incarnation;
  }

  /** Completes when the store has shown that this node owns what it holds. */
  Future<Void> confirm() {
    return parts.ownership().confirm(incarnation);
  }

  /** Another node took all that this one held: what is in memory is dropped, watchers reconnect. */
  private void onFenced(long fenced) {
    if (fenced == incarnation) {
      dropAll();
    }
  }

  private void dropAll() {
    for (int p = 0; p < epochs.length(); p++) {
      int partition = p;
      long epoch = epochs.get(p);
      if (epoch != 0) {
        HostLoop loop = loopOf.apply(partition);
        loop.execute(() -> loop.lose(partition, epoch));
      }
    }
  }

  // ---- what is held

  /** Under which epoch; 0: not at all. */
  long epoch(int partition) {
    return epochs.get(partition);
  }

  /** Whether it is held and not handed over. */
  boolean isHeld(int partition) {
    return epochs.get(partition) != 0 && !leaving.contains(partition);
  }

  Set<Integer> held() {
    return IntStream.range(0, epochs.length())
        .filter(this::isHeld)
        .boxed()
        .collect(Collectors.toCollection(TreeSet::new));
  }

  // ---- taken

  /** See {@link LocalMailboxes#take}. */
  Future<Set<Integer>> take(Set<Integer> partitions) {
    wanted.addAll(partitions);
    return takeAbsent(partitions)
        .map(
            done ->
                partitions.stream()
                    .filter(this::isHeld)
                    .collect(Collectors.toCollection(TreeSet::new)));
  }

  private Future<Void> takeAbsent(Set<Integer> partitions) {
    Set<Integer> absent =
        partitions.stream()
            .filter(p -> epochs.get(p) == 0 && taking.add(p))
            .collect(Collectors.toCollection(TreeSet::new));
    if (absent.isEmpty()) {
      return Future.succeededFuture();
    }
    return parts
        .ownership()
        .take(incarnation, absent)
        .onSuccess(taken -> taken.forEach(this::onTaken))
        .onComplete(done -> taking.removeAll(absent))
        .mapEmpty();
  }

  private void onTaken(int partition, long epoch) {
    if (stopping || !wanted.contains(partition)) {
      parts
          .ownership()
          .release(incarnation, partition, epoch)
          .onFailure(
              e -> LOG.warn("Partition {} could not be released: {}", partition, e.toString()));
      return;
    }
    epochs.set(partition, epoch);
    onHeld.accept(partition);
  }

  // ---- given

  /** See {@link LocalMailboxes#give}. */
  Future<Void> give(Set<Integer> partitions, Duration atMost) {
    wanted.removeAll(partitions);
    long deadline = System.nanoTime() + atMost.toNanos();
    var given = new ArrayList<Future<Void>>();
    for (int partition : partitions) {
      if (epochs.get(partition) != 0 && leaving.add(partition)) {
        Promise<Long> left = Promise.promise();
        HostLoop loop = loopOf.apply(partition);
        loop.execute(() -> loop.leave(partition, deadline, left));
        given.add(
            left.future()
                .compose(
                    epoch ->
                        epoch == 0
                            ? Future.succeededFuture()
                            : parts.ownership().release(incarnation, partition, epoch)));
      }
    }
    return Future.join(given).mapEmpty();
  }

  /**
   * Everything of the partition is out of memory: from now on nothing is appended under its epoch,
   * whatever becomes of the release. On the partition's loop.
   */
  long left(int partition) {
    long epoch = epochs.getAndSet(partition, 0);
    leaving.remove(partition);
    return epoch;
  }

  /** From now on nothing is taken. */
  void stop() {
    stopping = true;
  }

  /** When nothing of them is in memory any more. */
  Future<Void> releaseAll() {
    var releases = new ArrayList<Future<Void>>();
    for (int p = 0; p < epochs.length(); p++) {
      if (epochs.get(p) != 0) {
        releases.add(parts.ownership().release(incarnation, p, epochs.getAndSet(p, 0)));
      }
    }
    return Future.join(releases).mapEmpty();
  }

  // ---- lost

  /** The epoch does not stand: the partition is taken again if nobody else has it. */
  void lost(int partition, long epoch) {
    if (epochs.compareAndSet(partition, epoch, 0)) {
      // Said for each of them; why, is said once, by whoever joins again.
      LOG.debug("Partition {} was lost under epoch {}", partition, epoch);
      retake(partition, 1);
    }
  }

  /**
   * Because of a defect nothing may be written under this epoch any more. The partition is taken
   * again after a while: a defect that comes back does so once a second.
   */
  void gaveUp(int partition, long epoch) {
    if (epochs.compareAndSet(partition, epoch, 0)) {
      LOG.warn("Partition {} is taken again because of a defect, epoch {}", partition, epoch);
      retake(partition, RETAKE_MILLIS);
    }
  }

  /** Those that are lost together, as by a fence, are taken again together. */
  private void retake(int partition, long delayMillis) {
    lost.add(partition);
    planRetake(delayMillis);
  }

  private void planRetake(long delayMillis) {
    if (!stopping && retakePlanned.compareAndSet(false, true)) {
      vertx.setTimer(
          delayMillis,
          id -> {
            retakePlanned.set(false);
            retakeLost();
          });
    }
  }

  private void retakeLost() {
    lost.removeIf(p -> !wanted.contains(p) || epochs.get(p) != 0);
    if (stopping || lost.isEmpty()) {
      return;
    }
    takeAbsent(Set.copyOf(lost))
        .onComplete(
            done -> {
              lost.removeIf(p -> epochs.get(p) != 0);
              if (!lost.isEmpty()) {
                planRetake(RETAKE_MILLIS);
              }
            });
  }
}
