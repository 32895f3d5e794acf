package io.mainstem.gateway.imap;

import io.mainstem.gateway.imap.session.Following;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Frame;
import io.vertx.core.Future;

/** A session in IDLE hears of its folder (RFC 9051 §6.3.13). */
record IdleListener(Session.Selected session, Following following, Output out)
    implements MailboxWatch.Listener {
  @Override
  public Cursor cursor() {
    return session.folder().cursor();
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public Future<Void> onFrame(Frame frame) {
    session.folder().onFrame(frame, session.login());
    session.folder().tell(out, session.login(), true);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> onReset(Cursor now) {
    return following.reload(session, out, true);
  }
}
