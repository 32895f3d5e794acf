package io.mainstem.cell;

import io.mainstem.mailbox.Change;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.UserId;
import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** Watches a mailbox and asks for a few things at a time, as a real device does. */
final class Device extends BaseSubscriber<Watched> {
  private static final int WINDOW = 8;

  private final List<Watched> told = new ArrayList<>();
  private volatile Throwable failure;

  static Device of(MailboxService mailboxes, UserId user, Cursor after) {
    var device = new Device();
    mailboxes.watch(user, after).subscribe(device);
    return device;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    subscription.request(WINDOW);
  }

  @Override
  protected void hookOnNext(Watched watched) {
    synchronized (told) {
      told.add(watched);
    }
    request(1);
  }

  @Override
  protected void hookOnError(Throwable cause) {
    failure = cause;
  }

  Throwable failure() {
    return failure;
  }

  List<Watched> told() {
    synchronized (told) {
      return List.copyOf(told);
    }
  }

  /** The last numbers of the entries that it was told, in the order in which it was. */
  List<Long> seqs() {
    var seqs = new ArrayList<Long>();
    for (Watched each : told()) {
      if (each instanceof Watched.Entry entry) {
        seqs.add(entry.frame().cursor().seq());
      }
    }
    return seqs;
  }

  /** Texts of the messages that arrived. */
  List<String> texts() {
    var texts = new ArrayList<String>();
    for (Watched each : told()) {
      if (each instanceof Watched.Entry entry) {
        for (Change change : entry.frame().changes()) {
          if (change instanceof Change.MessageChanged changed && changed.arrived()) {
            texts.add(changed.message().message().text());
          }
        }
      }
    }
    return texts;
  }

  long count(Class<? extends Watched> kind) {
    return told().stream().filter(kind::isInstance).count();
  }
}
