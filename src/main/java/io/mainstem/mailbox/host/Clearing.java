package io.mainstem.mailbox.host;

import io.mainstem.store.MailboxStore;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Clears a generation that is not the user's any more: what anybody said in it, and all objects.
 * Its entries without content stay: they end with the one that says where the mailbox went, so that
 * a node with an old directory never takes it for an empty one.
 */
final class Clearing {
  private static final int PAGE = 1_024;

  private final MailboxStore store;
  private final Mailbox mailbox;
  private final long epoch;

  Clearing(MailboxStore store, Mailbox mailbox, long epoch) {
    this.store = store;
    this.mailbox = mailbox;
    this.epoch = epoch;
  }

  Future<Void> run() {
    return redact(0).compose(done -> drop()).compose(done -> store.clearAgenda(mailbox));
  }

  private Future<Void> redact(long after) {
    return store
        .read(mailbox, after, PAGE)
        .compose(
            page -> {
              var redactions = new ArrayList<Future<Void>>();
              for (Row row : page.rows()) {
                if (row.body() != null) {
                  redactions.add(store.redact(mailbox, row.seq()));
                }
              }
              return Future.join(redactions)
                  .compose(
                      done ->
                          page.more() && !page.rows().isEmpty()
                              ? redact(page.rows().get(page.rows().size() - 1).last())
                              : Future.succeededFuture());
            });
  }

  private Future<Void> drop() {
    return store
        .scan(mailbox, "", null, PAGE)
        .compose(
            keys ->
                keys.isEmpty()
                    ? Future.succeededFuture()
                    : store.save(mailbox, epoch, gone(keys)).compose(done -> drop()));
  }

  private static HashMap<String, byte @Nullable []> gone(List<String> keys) {
    var objects = new HashMap<String, byte @Nullable []>();
    keys.forEach(key -> objects.put(key, null));
    return objects;
  }
}
