package io.mainstem.mailbox.host;

import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After a start: loads the mailboxes with work that no client asks for, partition after partition,
 * at a bounded pace.
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
  private int partition;
  private @Nullable UserId after;
  private double allowance;
  private volatile boolean stopped;

  Agenda(Vertx vertx, LocalMailboxes mailboxes, HostParts parts) {
    this.vertx = vertx;
    this.mailboxes = mailboxes;
    this.parts = parts;
  }

  void start() {
    vertx.getOrCreateContext().runOnContext(unused -> read());
  }

  void stop() {
    stopped = true;
  }

  private void read() {
    if (stopped || partition >= parts.partitions()) {
      return;
    }
    parts
        .store()
        .agenda(partition, after, PAGE)
        .onComplete(
            found -> {
              if (found.failed()) {
                LOG.warn(
                    "The agenda of partition {} cannot be read: {}",
                    partition,
                    found.cause().toString());
                vertx.setTimer(RETRY_MILLIS, id -> read());
                return;
              }
              onPage(found.result());
            });
  }

  private void onPage(List<Mailbox> found) {
    page.addAll(found);
    if (found.size() < PAGE) {
      partition++;
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
      UserId user = page.removeFirst().user();
      HostLoop loop = mailboxes.loopOf(user);
      loop.execute(
          () -> {
            Resident resident = loop.resident(user);
            resident.onMarked();
            resident.askDue();
          });
    }
    if (page.isEmpty()) {
      read();
    } else {
      vertx.setTimer(TICK_MILLIS, id -> loadSome());
    }
  }
}
