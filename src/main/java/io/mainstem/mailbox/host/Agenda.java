package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Moved;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When partitions were taken: loads the mailboxes with work that no client asks for, partition
 * after partition, at a bounded pace.
 */
final class Agenda {
  private static final Logger LOG = LoggerFactory.getLogger(Agenda.class);
  private static final int TICK_MILLIS = 20;
  private static final int PAGE = 256;
  private static final int RETRY_MILLIS = 1000;

  private final Vertx vertx;
  private final LocalMailboxes mailboxes;
  private final HostParts parts;
  private final ArrayDeque<Mailbox> page = new ArrayDeque<>();
  private final Context context;

  /** Partitions to read; one that is taken again while it is read comes once more. */
  private final LinkedHashSet<Integer> partitions = new LinkedHashSet<>();

  /** The partition that is being read; -1: none. */
  private int current = -1;

  private @Nullable UserId after;
  private boolean working;
  private double allowance;
  private volatile boolean stopped;

  Agenda(Vertx vertx, LocalMailboxes mailboxes, HostParts parts) {
    this.vertx = vertx;
    this.mailboxes = mailboxes;
    this.parts = parts;
    this.context = vertx.getOrCreateContext();
  }

  /** From any thread: a partition was taken. */
  void add(int partition) {
    context.runOnContext(
        unused -> {
          partitions.add(partition);
          if (!working) {
            working = true;
            read();
          }
        });
  }

  void stop() {
    stopped = true;
  }

  private void read() {
    if (current < 0 && !partitions.isEmpty()) {
      current = partitions.iterator().next();
      partitions.remove(current);
    }
    if (stopped || current < 0) {
      working = false;
      return;
    }
    int partition = current;
    parts
        .store()
        .agenda(partition, after, PAGE)
        .onComplete(found -> context.runOnContext(unused -> onFound(partition, found)));
  }

  private void onFound(int partition, AsyncResult<List<Mailbox>> found) {
    if (found.failed()) {
      LOG.warn(
          "The agenda of partition {} cannot be read: {}", partition, found.cause().toString());
      vertx.setTimer(RETRY_MILLIS, id -> read());
      return;
    }
    onPage(found.result());
  }

  private void onPage(List<Mailbox> found) {
    page.addAll(found);
    if (found.size() < PAGE) {
      current = -1;
      after = null;
    } else {
      after = found.get(found.size() - 1).user();
    }
    if (page.isEmpty()) {
      read();
    } else {
      loadSome();
    }
  }

  private void loadSome() {
    allowance =
        Math.min(
            allowance + parts.config().agendaPerSecond() * (TICK_MILLIS / 1000.0),
            parts.config().agendaPerSecond());
    while (allowance >= 1 && !page.isEmpty() && !stopped) {
      allowance--;
      Mailbox listed = page.removeFirst();
      HostLoop loop = mailboxes.loopOf(listed.user());
      loop.execute(() -> load(loop, listed));
    }
    if (page.isEmpty()) {
      read();
    } else {
      vertx.setTimer(TICK_MILLIS, id -> loadSome());
    }
  }

  private void load(HostLoop loop, Mailbox listed) {
    Resident resident = loop.resident(listed.user());
    if (resident.isLost()) {
      return;
    }
    resident
        .chores()
        .whenServing(
            serving -> {
              if (serving.mailbox().generation() == listed.generation()) {
                serving.chores().onMarked();
                serving.chores().askDue();
              } else {
                parts.departures().onDead(listed);
              }
            },
            cause -> {
              if (cause instanceof Moved) {
                parts.departures().onDead(listed);
              }
            });
  }
}
