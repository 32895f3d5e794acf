package io.mainstem.store;

import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.MailboxStore.Rows;
import io.vertx.core.Future;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * What can be saved of a log that is refused as damaged: its entries from the first on, up to the
 * first that is missing. Only reads, and believes what it reads: nobody may write the log
 * meanwhile.
 */
public interface LogSalvage {
  /**
   * What there is of a log.
   *
   * @param runs which epoch's rows count from which number on
   * @param lastKept the last entry before the gap; null when the first one is missing
   * @param behind how many rows there are after it
   * @param lastBehind the last of these; null when there is none
   */
  record Found(
      NavigableMap<Long, Long> runs,
      @Nullable Row lastKept,
      long behind,
      @Nullable Row lastBehind) {
    /** The last number before the gap. */
    public long keptUpTo() {
      return lastKept == null ? 0 : lastKept.last();
    }
  }

  /** Looks through the whole log. */
  Future<Found> look(Mailbox mailbox);

  /** The entries before the gap, after a number. */
  Future<Rows> read(Mailbox mailbox, Found found, long afterSeq, int limit);
}
