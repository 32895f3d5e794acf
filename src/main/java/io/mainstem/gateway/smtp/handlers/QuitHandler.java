package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.gateway.smtp.session.Turn;

/** QUIT (RFC 5321 §4.1.1.10). */
final class QuitHandler {
  private final Setup setup;

  QuitHandler(Setup setup) {
    this.setup = setup;
  }

  Turn onQuit(Session session) {
    return Turn.close(
        RsetHandler.abandon(session), SmtpReply.of(221, 0, 0, setup.hostname() + " says goodbye"));
  }
}
