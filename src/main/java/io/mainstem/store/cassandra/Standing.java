package io.mainstem.store.cassandra;

import io.mainstem.store.MailboxStore.StaleOwner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether an incarnation of this process stands. One quorum read of its one row answers all who
 * asked before the read began, however many partitions and users they are of; so under load it
 * costs next to nothing. Confined to the turns.
 */
final class Standing {
  private static final Logger LOG = LoggerFactory.getLogger(Standing.class);

  private final Replicas replicas;
  private final Turns turns;
  private final Tuning tuning;
  private final long incarnation;
  private final Runnable onFenced;
  private final Runnable onLook;
  private List<Promise<Void>> asked = new ArrayList<>();
  private boolean reading;
  private boolean fenced;
  private boolean closed;
  private int failures;
  private volatile long goodMillis;

  /**
   * @param onFenced run once, in a turn, when a quorum read has shown the fence
   * @param onLook run in a turn whenever {@link #staleMillis} may have become 0, or more
   */
  Standing(
      Replicas replicas,
      Turns turns,
      Tuning tuning,
      long incarnation,
      Runnable onFenced,
      Runnable onLook) {
    this.replicas = replicas;
    this.turns = turns;
    this.tuning = tuning;
    this.incarnation = incarnation;
    this.onFenced = onFenced;
    this.onLook = onLook;
    this.goodMillis = turns.nowMillis();
  }

  /**
   * Completes when a read that begins after this call has shown that the incarnation stands; fails
   * with {@link StaleOwner} when it is fenced. Answers come in the order of the calls. A read
   * without an answer is made again for as long as it takes.
   */
  Future<Void> confirm() {
    if (fenced || closed) {
      return Future.failedFuture(stale());
    }
    Promise<Void> promise = Promise.promise();
    asked.add(promise);
    if (!reading) {
      read();
    }
    return promise.future();
  }

  /** Reads every now and then, so that an idle node too learns that it was fenced. */
  void beat() {
    if (!fenced && !closed) {
      if (!reading) {
        read();
      }
      long left = goodMillis + tuning.staleMillis() - turns.nowMillis();
      if (left >= 0 && left < tuning.beatMillis()) {
        turns.after(left + 1, onLook);
      }
      onLook.run();
      turns.after(tuning.beatMillis(), this::beat);
    }
  }

  /** A quorum read has shown the fence: another node has taken this one for gone. */
  void onFenceSeen() {
    if (!fenced && !closed) {
      LOG.warn("Incarnation {} of this node was fenced; it owns nothing any more", incarnation);
      end();
    }
  }

  /** This node has fenced it itself, because it goes. */
  void onLeft() {
    LOG.debug("Incarnation {} of this node was ended by itself", incarnation);
    end();
  }

  private void end() {
    if (!fenced && !closed) {
      fenced = true;
      failAll();
      onFenced.run();
    }
  }

  boolean isFenced() {
    return fenced;
  }

  /** When the last read began that showed it standing. From any thread. */
  long goodMillis() {
    return goodMillis;
  }

  /**
   * How long ago that was, when it is longer ago than answers may be given without saying so; else
   * 0. From any thread.
   */
  long staleMillis() {
    long ago = turns.nowMillis() - goodMillis;
    return ago > tuning.staleMillis() ? ago : 0;
  }

  void close() {
    closed = true;
    failAll();
  }

  private void read() {
    reading = true;
    List<Promise<Void>> round = asked;
    asked = new ArrayList<>();
    long began = turns.nowMillis();
    turns.on(
        replicas.stands(incarnation),
        result -> {
          if (closed || fenced) {
            round.addAll(asked);
            asked = round;
            failAll();
          } else if (result.failed()) {
            onNoAnswer(round);
          } else if (result.result()) {
            failures = 0;
            goodMillis = began;
            onLook.run();
            // First those who asked first: the next read may be answered before it is begun here.
            round.forEach(Promise::complete);
            reading = false;
            if (!asked.isEmpty() && !fenced && !closed) {
              read();
            }
          } else {
            round.addAll(asked);
            asked = round;
            onFenceSeen();
          }
        });
  }

  private void onNoAnswer(List<Promise<Void>> round) {
    round.addAll(asked);
    asked = round;
    failures++;
    turns.after(
        tuning.pauseMillis(failures),
        () -> {
          if (!closed && !fenced) {
            read();
          }
        });
  }

  private void failAll() {
    List<Promise<Void>> all = asked;
    asked = new ArrayList<>();
    all.forEach(promise -> promise.tryFail(stale()));
  }

  private StaleOwner stale() {
    return new StaleOwner(
        "incarnation " + incarnation + (fenced ? " is fenced" : " ended: the store is closed"));
  }
}
