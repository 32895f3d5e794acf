package io.mainstem.gateway.imap;

import io.mainstem.gateway.imap.handlers.News;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Notifications;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What a session hears of without asking (RFC 5465): one watch of the mailbox, begun anew when
 * NOTIFY names something else, and told between commands. Confined to its connection.
 */
final class Notifying {
  /** What it must know of the conversation that it speaks into. */
  interface Floor {
    Session session();

    boolean isBetweenCommands();

    boolean isIdle();

    /** No command is read until this is told whole. */
    Future<Void> held(Future<Void> telling);

    MailboxWatch watch(Login login, MailboxWatch.Listener listener);
  }

  private final News news;
  private final Output out;
  private final Floor floor;

  /** What it tells of; null when the client never said NOTIFY. */
  private @Nullable Notifications heard;

  private @Nullable MailboxWatch watch;

  Notifying(News news, Output out, Floor floor) {
    this.news = news;
    this.out = out;
    this.floor = floor;
  }

  /** Between two commands: tells what NOTIFY named (RFC 5465 §3). */
  void onReady() {
    Login login =
        switch (floor.session()) {
          case Session.Fresh f -> null;
          case Session.Authenticated a -> a.login();
          case Session.Selected s -> s.login();
        };
    Notifications wanted = login == null ? null : login.notifications();
    if (wanted != heard) {
      heard = wanted;
      stop();
      if (login != null && wanted != null && wanted.from() != null) {
        MailboxWatch begun =
            floor.watch(
                login,
                new NotifyListener(
                    news,
                    login,
                    wanted,
                    wanted.from(),
                    out,
                    floor::session,
                    floor::isBetweenCommands,
                    floor::isIdle,
                    floor::held));
        watch = begun;
        begun.start();
      }
    }
    if (watch != null) {
      watch.onReady();
    }
  }

  void onTick() {
    if (watch != null) {
      watch.onTick();
    }
  }

  void stop() {
    if (watch != null) {
      watch.stop();
      watch = null;
    }
  }
}
