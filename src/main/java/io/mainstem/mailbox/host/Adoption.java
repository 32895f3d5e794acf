package io.mainstem.mailbox.host;

import io.mainstem.message.Rejected;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the copy of a mailbox that comes from another cell: the same entries under the same
 * numbers, as rows of this cell's owner. The first row that an owner writes is its fence, so that a
 * copy that one owner began and another goes on with is one chain. What is there already is passed
 * over, so everything may be said again. Confined to the loop's context.
 */
final class Adoption {
  /** Requests of one mailbox that wait; whoever copies sends one at a time. */
  private static final int MAX_WAITING = 16;

  private static final long IDLE_MILLIS = 60_000;

  private record Request(List<Row> rows, Promise<Long> promise) {}

  private final HostLoop loop;
  private final Mailbox mailbox;
  private final int partition;
  private final long epoch;
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private boolean working;
  private boolean known;
  private long last;
  private long lastEpoch;
  private long usedMillis;

  Adoption(HostLoop loop, Mailbox mailbox, int partition, long epoch) {
    this.loop = loop;
    this.mailbox = mailbox;
    this.partition = partition;
    this.epoch = epoch;
  }

  long epoch() {
    return epoch;
  }

  /** Appends what is not there yet, and completes with the last number when all is settled. */
  void adopt(List<Row> rows, Promise<Long> promise) {
    usedMillis = loop.parts().clock().millis();
    if (waiting.size() >= MAX_WAITING) {
      promise.fail(new Rejected(Rejected.Rule.BUSY, "too much is copied to this mailbox at once"));
      return;
    }
    waiting.add(new Request(rows, promise));
    work();
  }

  boolean isIdle(long nowMillis) {
    return !working && waiting.isEmpty() && nowMillis - usedMillis >= IDLE_MILLIS;
  }

  private void work() {
    Request request = waiting.peek();
    if (working || request == null) {
      return;
    }
    working = true;
    loop.onResult(
        end().compose(end -> append(request.rows())),
        (end, cause) -> {
          working = false;
          waiting.remove();
          if (end != null) {
            request.promise().complete(end);
          } else {
            // Perhaps some of it is there; the store says so when it is asked next.
            known = false;
            if (cause != null && HostLoop.isStale(cause)) {
              loop.lose(partition, epoch);
            }
            request.promise().fail(Objects.requireNonNull(cause));
          }
          work();
        });
  }

  private Future<Long> end() {
    if (known) {
      return Future.succeededFuture(last);
    }
    return loop.parts()
        .store()
        .last(mailbox)
        .map(
            row -> {
              onEnd(row);
              return last;
            });
  }

  private void onEnd(@Nullable Row row) {
    known = true;
    last = row == null ? 0 : row.last();
    lastEpoch = row == null ? 0 : row.epoch();
  }

  private Future<Long> append(List<Row> rows) {
    MailboxStore store = loop.parts().store();
    var appends = new ArrayList<Future<Void>>(rows.size());
    long end = last;
    long endEpoch = lastEpoch;
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      if (row.last() <= end) {
        continue;
      }
      if (row.seq() != end + 1) {
        return Future.failedFuture(
            new Rejected(
                Rejected.Rule.CONFLICT,
                "number " + row.seq() + " does not follow " + end + " in the copy"));
      }
      var own =
          new Row(
              row.seq(),
              row.last(),
              epoch,
              row.settled(),
              endEpoch == epoch ? -1 : endEpoch,
              row.entry(),
              row.body());
      // The mark makes the next owner look for work that nobody asks for.
      boolean mark = own.isFence() || i == rows.size() - 1;
      appends.add(store.append(mailbox, epoch, own, mark));
      end = row.last();
      endEpoch = epoch;
    }
    long reached = end;
    long reachedEpoch = endEpoch;
    return Future.join(appends)
        .map(
            settled -> {
              last = reached;
              lastEpoch = reachedEpoch;
              return reached;
            });
  }
}
