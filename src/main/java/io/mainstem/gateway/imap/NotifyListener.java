package io.mainstem.gateway.imap;

import io.mainstem.gateway.imap.handlers.News;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Notifications;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Frame;
import io.vertx.core.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A session hears of what it named by NOTIFY, while no command is answered (RFC 5465 §3). */
final class NotifyListener implements MailboxWatch.Listener {
  private final News news;
  private final Login login;
  private final Notifications wanted;
  private final Output out;
  private final Supplier<Session> session;
  private final BooleanSupplier ready;
  private final BooleanSupplier idle;
  private final UnaryOperator<Future<Void>> held;
  private Cursor cursor;

  /**
   * @param ready whether no command is under way
   * @param idle whether that is IDLE, within which message numbers may change
   * @param held keeps commands back until something is told whole
   */
  NotifyListener(
      News news,
      Login login,
      Notifications wanted,
      Cursor from,
      Output out,
      Supplier<Session> session,
      BooleanSupplier ready,
      BooleanSupplier idle,
      UnaryOperator<Future<Void>> held) {
    this.news = news;
    this.login = login;
    this.wanted = wanted;
    this.cursor = from;
    this.out = out;
    this.session = session;
    this.ready = ready;
    this.idle = idle;
    this.held = held;
  }

  @Override
  public Cursor cursor() {
    return cursor;
  }

  @Override
  public boolean isReady() {
    return ready.getAsBoolean();
  }

  @Override
  public Future<Void> onFrame(Frame frame) {
    cursor = frame.cursor();
    boolean mayExpunge = idle.getAsBoolean() || !wanted.isDelayed();
    Future<Void> told = news.tell(session.get(), login, wanted, frame, mayExpunge, out);
    login.onTold(cursor.seq());
    return held.apply(told);
  }

  /** Too much has happened to tell of it one by one (RFC 5465 §5.8): the client looks itself. */
  @Override
  public Future<Void> onReset(Cursor now) {
    cursor = now;
    out.untagged("OK [NOTIFICATIONOVERFLOW] Too much has happened: say NOTIFY again");
    login.onNotify(Notifications.none());
    return Future.succeededFuture();
  }
}
