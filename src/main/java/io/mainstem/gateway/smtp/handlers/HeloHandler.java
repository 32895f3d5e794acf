package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.SmtpCommand;
import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.Hello;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.gateway.smtp.session.Turn;

/** HELO (RFC 5321 §4.1.1.1). */
final class HeloHandler {
  private final Setup setup;

  HeloHandler(Setup setup) {
    this.setup = setup;
  }

  Turn onHelo(Session session, SmtpCommand.Helo command) {
    Session next = RsetHandler.abandon(session).toReady(new Hello(command.client(), false));
    return Turn.reply(next, SmtpReply.plain(250, setup.hostname()));
  }
}
