package io.mainstem.simulation;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Staleness;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Damaged;
import io.vertx.core.Future;

/**
 * Stands beside every owner and writes down what it is asked and what it answers. Called in place
 * of the mailboxes' own methods, from classes that were loaded for the simulation.
 */
public final class Witness {
  private Witness() {}

  public static <R extends Reply> Future<R> submit(
      LocalMailboxes mailboxes, UserId user, Command<R> command) {
    long incarnation = mailboxes.incarnation();
    return watched(mailboxes.submit(user, command))
        .onSuccess(
            done -> {
              if (done instanceof Reply.Delivered delivered) {
                SimulatedCell.current().history.said(user, delivered, incarnation);
              }
            });
  }

  public static <R> Future<R> query(LocalMailboxes mailboxes, UserId user, Query<R> query) {
    return watched(mailboxes.query(user, query));
  }

  /** These come by those above, when the mailboxes ask themselves. */
  public static <R extends Reply> Future<R> submit(
      LocalMailboxes mailboxes, UserId user, Command<R> command, Staleness stale) {
    return mailboxes.submit(user, command, stale);
  }

  public static <R> Future<R> query(
      LocalMailboxes mailboxes, UserId user, Query<R> query, Staleness stale) {
    return mailboxes.query(user, query, stale);
  }

  private static <R> Future<R> watched(Future<R> reply) {
    SimulatedCell cell = SimulatedCell.current();
    return cell.history
        .asked(reply)
        .onFailure(
            cause -> {
              if (cause instanceof Damaged damage) {
                cell.world.fail(
                    World.runningName() + " believes in damage: " + damage.getMessage());
              }
            });
  }
}
