package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.MailForms;
import io.mainstem.mailbox.Renewal;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.Ownership;
import io.mainstem.store.StageMeter;
import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * What the host is built of.
 *
 * @param node this node's name in {@code ownership}
 * @param partitions logical partitions of the cell
 * @param forms of messages as mail
 * @param chance 64 random bits at each call, from any thread
 * @param renewal the newest {@link io.mainstem.mailbox.Renewal} of the store: mailboxes that have
 *     not had it are renewed when they are taken over; 0 for none
 */
public record HostParts(
    MailboxStore store,
    Ownership ownership,
    Generations generations,
    Outbox outbox,
    CountSink counts,
    StageMeter meter,
    Clock clock,
    LongSupplier chance,
    Limits limits,
    io.mainstem.config.Mailbox config,
    String node,
    int partitions,
    MailForms forms,
    Departures departures,
    int renewal) {
  /**
   * Of a host whose messages nobody asks for as mail, whose mailboxes never move or are renewed.
   */
  public HostParts(
      MailboxStore store,
      Ownership ownership,
      Generations generations,
      Outbox outbox,
      CountSink counts,
      StageMeter meter,
      Clock clock,
      LongSupplier chance,
      Limits limits,
      io.mainstem.config.Mailbox config,
      String node,
      int partitions) {
    this(
        store,
        ownership,
        generations,
        outbox,
        counts,
        meter,
        clock,
        chance,
        limits,
        config,
        node,
        partitions,
        MailForms.NONE,
        Departures.NONE,
        Renewal.NONE);
  }
}
