package io.mainstem.cell;

import io.mainstem.cell.ring.Majority;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.store.MailboxStore.StaleOwner;
import io.mainstem.store.Ownership;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Brings what this node holds in line with the ring: gives what should be another's, takes what
 * should be its own, and fences nodes that are gone so that what they held can be taken. Confined
 * to its context.
 *
 * <p>A node is fenced only when membership has removed it, never because it is slow, and only by a
 * side that sees a majority of the nodes in the store; without one it serves what it holds.
 */
final class Placement {
  private static final Logger LOG = LoggerFactory.getLogger(Placement.class);
  private static final long AGAIN_MILLIS = 200;
  private static final long LOOK_MILLIS = 500;

  /**
   * How long a node of the store that was never seen here is waited for, before it counts as gone:
   * it may be starting.
   */
  private static final long STRANGER_NANOS = 10_000_000_000L;

  private final Vertx vertx;
  private final Context context;
  private final LocalMailboxes local;
  private final Ownership ownership;
  private final String self;

  /** The names of the nodes that are there now. */
  private final Supplier<Set<String>> present;

  private final Duration giveAtMost;

  /** Told of partitions that were given back. */
  private final Consumer<Set<Integer>> onFreed;

  /** Told when this node holds partitions that it did not hold before. */
  private final Runnable onTaken;

  /** Told of a new incarnation of this node. */
  private final LongConsumer onRejoined;

  /**
   * Told when this node, fenced and without a majority, can serve nobody, and when it can again.
   */
  private final Consumer<Boolean> onCutOff;

  private final long looker;
  private View view;
  private boolean cutOff;
  private boolean taking;
  private boolean rejoining;
  private boolean takeAgain;
  private boolean stopped;
  private volatile boolean settled;

  /** Why nothing could be taken the last time; empty: it could. */
  private String trouble = "";

  /** Nodes that have been seen in the cell. */
  private final Set<String> seen = new TreeSet<>();

  /** Nodes of the store that have never been seen, with when that was first noticed. */
  private final Map<String, Long> strangers = new HashMap<>();

  Placement(
      Vertx vertx,
      LocalMailboxes local,
      Ownership ownership,
      String self,
      Supplier<Set<String>> present,
      int partitions,
      Duration giveAtMost,
      Consumer<Set<Integer>> onFreed,
      Runnable onTaken,
      LongConsumer onRejoined,
      Consumer<Boolean> onCutOff) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.local = local;
    this.ownership = ownership;
    this.self = self;
    this.present = present;
    this.giveAtMost = giveAtMost;
    this.onFreed = onFreed;
    this.onTaken = onTaken;
    this.onRejoined = onRejoined;
    this.onCutOff = onCutOff;
    this.view = View.of(List.of(), partitions);
    // What is lost without a change of the ring (this node was fenced) is noticed here.
    this.looker =
        vertx.setPeriodic(LOOK_MILLIS, id -> context.runOnContext(unused -> lookForLost()));
  }

  private void lookForLost() {
    // The host takes again what it lost, and may have it after the ring has changed.
    give();
    if (!taking && !rejoining && !absent().isEmpty()) {
      take();
    }
  }

  /** From any thread. */
  void onView(View now) {
    settled = false;
    context.runOnContext(
        unused -> {
          view = now;
          seen.addAll(now.names());
          strangers.keySet().removeAll(now.names());
          give();
          take();
        });
  }

  /** From any thread: another node has given partitions back. */
  void onFreed() {
    context.runOnContext(unused -> take());
  }

  /** Whether this node holds all that it should, and nothing else. */
  boolean isSettled() {
    return settled;
  }

  void stop() {
    vertx.cancelTimer(looker);
    context.runOnContext(unused -> stopped = true);
  }

  private void give() {
    Set<Integer> mine = view.ring().partitionsOf(self);
    var others = new TreeSet<>(local.held());
    others.removeAll(mine);
    if (others.isEmpty() || stopped) {
      return;
    }
    // One by one, so that each is taken by its new owner as soon as it is free.
    for (int partition : others) {
      local
          .give(Set.of(partition), giveAtMost)
          .onSuccess(given -> onFreed.accept(Set.of(partition)))
          .onFailure(cause -> onNotReleased(partition, cause))
          .onComplete(given -> context.runOnContext(unused -> look()));
    }
  }

  private static void onNotReleased(int partition, Throwable cause) {
    // Who was fenced holds nothing that he could release, and has said so.
    LOG.atLevel(cause instanceof StaleOwner ? Level.DEBUG : Level.WARN)
        .log("Partition {} was not released: {}", partition, cause.toString());
  }

  private void take() {
    if (taking || rejoining) {
      takeAgain = true;
      return;
    }
    Set<Integer> absent = absent();
    if (absent.isEmpty() || stopped) {
      look();
      return;
    }
    taking = true;
    fenceTheGone()
        .compose(fenced -> local.take(absent))
        .onComplete(
            taken ->
                context.runOnContext(
                    unused -> {
                      taking = false;
                      if (taken.failed()) {
                        onTakeFailed(taken.cause());
                      } else {
                        trouble = "";
                      }
                      if (taken.succeeded() && !taken.result().isEmpty()) {
                        onTaken.run();
                      }
                      // The ring may have changed while the store was asked.
                      give();
                      if (takeAgain) {
                        takeAgain = false;
                        take();
                      } else if (!absent().isEmpty()) {
                        vertx.setTimer(AGAIN_MILLIS, id -> context.runOnContext(timed -> take()));
                      } else {
                        look();
                      }
                    }));
  }

  private Set<Integer> absent() {
    var absent = new TreeSet<>(view.ring().partitionsOf(self));
    absent.removeAll(local.held());
    return absent;
  }

  private void look() {
    settled = local.held().equals(view.ring().partitionsOf(self));
  }

  private void onTakeFailed(Throwable cause) {
    if (cause instanceof StaleOwner && !stopped) {
      rejoin();
    } else if (!trouble.equals(cause.toString())) {
      // Said once, not with each try.
      trouble = cause.toString();
      LOG.warn("Partitions cannot be taken now: {}", trouble);
    }
  }

  /**
   * One at a time: each takes an incarnation, and ends the one that was taken before it. Not while
   * this node is cut off: the others would fence the next one, too, and what it took meanwhile with
   * it.
   */
  private void rejoin() {
    if (rejoining) {
      return;
    }
    rejoining = true;
    joinAgain();
  }

  private void joinAgain() {
    ownership
        .standing()
        .onComplete(
            standing ->
                context.runOnContext(
                    unused -> {
                      boolean alone =
                          standing.succeeded() && isMinority(standing.result().keySet());
                      setCutOff(alone && !stopped);
                      if (!alone) {
                        takeIncarnation();
                      } else if (!stopped) {
                        vertx.setTimer(
                            AGAIN_MILLIS, id -> context.runOnContext(timed -> joinAgain()));
                      }
                    }));
  }

  private boolean isMinority(Set<String> standing) {
    var registered = new TreeSet<>(standing);
    registered.add(self);
    return !Majority.mayFence(registered, here());
  }

  private void setCutOff(boolean now) {
    if (cutOff != now) {
      cutOff = now;
      onCutOff.accept(now);
    }
  }

  private void takeIncarnation() {
    local
        .rejoin()
        .onSuccess(onRejoined::accept)
        .onFailure(e -> LOG.warn("This node was fenced and cannot join again: {}", e.toString()))
        .onComplete(
            joined ->
                vertx.setTimer(
                    joined.succeeded() ? 1 : AGAIN_MILLIS,
                    id ->
                        context.runOnContext(
                            unused -> {
                              rejoining = false;
                              take();
                            })));
  }

  private Future<Void> fenceTheGone() {
    return ownership
        .standing()
        .compose(
            standing -> {
              Set<String> here = here();
              var fences = new ArrayList<Future<Void>>();
              standing.forEach(
                  (node, incarnation) -> {
                    if (!here.contains(node)
                        && isGone(node)
                        && Majority.mayFence(standing.keySet(), here)) {
                      LOG.info("Node {} is gone; its incarnation {} is fenced", node, incarnation);
                      fences.add(ownership.fence(incarnation));
                    }
                  });
              return Future.join(fences).mapEmpty();
            });
  }

  /** Not the nodes of the view: when parts of a cell meet, cards come after members. */
  private Set<String> here() {
    var here = new TreeSet<>(present.get());
    here.add(self);
    return here;
  }

  private boolean isGone(String node) {
    long now = System.nanoTime();
    return seen.contains(node)
        || now - strangers.computeIfAbsent(node, each -> now) > STRANGER_NANOS;
  }
}
