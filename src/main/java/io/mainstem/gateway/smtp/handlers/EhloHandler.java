package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.SmtpCommand;
import io.mainstem.gateway.smtp.rendering.Extensions;
import io.mainstem.gateway.smtp.session.Hello;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.gateway.smtp.session.Turn;

/** EHLO (RFC 5321 §4.1.1.1). */
final class EhloHandler {
  private final Setup setup;

  EhloHandler(Setup setup) {
    this.setup = setup;
  }

  Turn onEhlo(Session session, SmtpCommand.Ehlo command) {
    Session next = RsetHandler.abandon(session).toReady(new Hello(command.client(), true));
    return Turn.reply(next, Extensions.of(setup, next.peer()));
  }
}
