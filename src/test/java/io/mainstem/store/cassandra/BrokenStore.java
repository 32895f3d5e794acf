package io.mainstem.store.cassandra;

import io.mainstem.simulation.World;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.MailboxStore.StoreFull;
import io.mainstem.store.Ownership;
import io.mainstem.store.cassandra.Line.Append;
import io.mainstem.store.cassandra.Replicas.Fence;
import io.mainstem.store.cassandra.Replicas.Incarnation;
import io.mainstem.store.cassandra.Replicas.Registry;
import io.vertx.core.Future;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a store does that keeps one rule less. Called from classes that a test has changed. */
public final class BrokenStore {
  private BrokenStore() {}

  /** Acknowledges without reading the own incarnation. */
  public static Future<Void> trust(Standing standing) {
    return Future.succeededFuture();
  }

  /** Says that a holder is fenced, and leaves him as he is. */
  public static Future<Void> fenceNobody(Ownership ownership, long incarnation) {
    return Future.succeededFuture();
  }

  /** Takes everybody else for fenced. */
  public static List<Incarnation> onlyOwn(Registry registry) {
    return registry.incarnations().stream()
        .filter(one -> one.node().equals(World.runningName()))
        .toList();
  }

  /** Believes that a fence is where it must be, without reading it. */
  public static Future<Boolean> doesNotStand(Replicas replicas, long incarnation) {
    return Future.succeededFuture(false);
  }

  /** Writes a fence and goes on without waiting for it; what is no fence is waited for. */
  public static Future<Void> startFence(
      Replicas replicas, Mailbox mailbox, long bucket, List<Row> rows) {
    Future<Void> written = replicas.append(mailbox, bucket, rows);
    return rows.get(0).isFence() ? Future.succeededFuture() : written;
  }

  /** The same for the index of fences. */
  public static Future<Void> startIndex(Line line, Fence fence) {
    CassandraMailboxStore store = (CassandraMailboxStore) get(Line.class, line, "store");
    var mailbox = (Mailbox) get(Line.class, line, "mailbox");
    store.replicas().writeFence(mailbox, fence).onComplete(done -> {});
    return Future.succeededFuture();
  }

  /** Writes before the write ahead of it has come to its end. */
  public static boolean neverWriting(Line line) {
    return false;
  }

  /** Acknowledges what was shown to stand, whatever is before it. */
  public static void settleNow(Line line, List<Append> batch, @Nullable Throwable cause) {
    if (cause != null) {
      line.end(cause);
      return;
    }
    for (Append append : batch) {
      unsettled(line).remove(append);
      append.promise.tryComplete();
    }
  }

  /** Every fence that is visible counts, whoever names it. */
  public static long anyEpoch(Fence fence) {
    return -1;
  }

  /** A write without an answer is given up, and something else is written in its place. */
  public static void giveUp(Line line, long bucket, List<Append> batch, Throwable cause) {
    var all = List.copyOf(unsettled(line));
    unsettled(line).clear();
    set(line, "writing", false);
    set(line, "end", null);
    all.forEach(append -> append.promise.tryFail(new StoreFull("given up")));
  }

  /** Goes on under an epoch whose release has begun. */
  public static void keep(CassandraOwnership ownership, Grant grant) {}

  /** Believes the first finding of damage. */
  public static boolean believe(String finding, @Nullable Object before) {
    return true;
  }

  @SuppressWarnings("unchecked")
  private static ArrayDeque<Append> unsettled(Line line) {
    return (ArrayDeque<Append>) get(Line.class, line, "unsettled");
  }

  private static Object get(Class<?> type, Object of, String name) {
    try {
      Field field = type.getDeclaredField(name);
      field.setAccessible(true);
      return field.get(of);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static void set(Line line, String name, @Nullable Object value) {
    try {
      Field field = Line.class.getDeclaredField(name);
      field.setAccessible(true);
      field.set(line, value);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
