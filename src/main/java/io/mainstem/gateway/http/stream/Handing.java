package io.mainstem.gateway.http.stream;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.message.UserId;
import io.vertx.core.Vertx;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a mailbox how far a device of its owner has been handed what came. Many acknowledgements
 * become one command: at most one a user is under way or has been within {@link #PAUSE_MILLIS}, and
 * the newest seq wins.
 */
public final class Handing {
  private static final Logger log = LoggerFactory.getLogger(Handing.class);
  private static final long PAUSE_MILLIS = 200;

  private final Vertx vertx;
  private final MailboxService mailboxes;
  private final ConcurrentHashMap<UserId, AtomicLong> running = new ConcurrentHashMap<>();

  public Handing(Vertx vertx, MailboxService mailboxes) {
    this.vertx = vertx;
    this.mailboxes = mailboxes;
  }

  public void handed(UserId user, long seq) {
    var mine = new AtomicLong(seq);
    var before =
        running.compute(
            user,
            (key, wanted) -> {
              if (wanted == null) {
                return mine;
              }
              wanted.accumulateAndGet(seq, Math::max);
              return wanted;
            });
    if (before == mine) {
      submit(user, mine, seq);
    }
  }

  private void submit(UserId user, AtomicLong wanted, long seq) {
    mailboxes
        .submit(user, new Command.Handed(seq))
        .onComplete(
            done -> {
              if (done.failed()) {
                // The next acknowledgement says it again; until then the sender sees "sent".
                log.debug("handing was not noted", done.cause());
              }
              vertx.setTimer(PAUSE_MILLIS, timer -> next(user, wanted, seq));
            });
  }

  private void next(UserId user, AtomicLong wanted, long told) {
    var idle =
        running.compute(user, (key, now) -> now == wanted && wanted.get() <= told ? null : now);
    if (idle != null) {
      submit(user, wanted, wanted.get());
    }
  }
}
