package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Turn;

/** STARTTLS (RFC 3207 §4). */
final class StartTlsHandler {
  private static final SmtpReply READY = SmtpReply.of(220, 0, 0, "Ready to start TLS");

  Turn onStartTls(Session session) {
    if (session.peer().tls() != null) {
      return Turn.reply(session, Answers.badSequence("TLS is on already"));
    }
    return switch (session) {
      case Session.Fresh fresh -> new Turn(fresh, READY, new Turn.Then.Handshake());
      case Session.Ready ready -> new Turn(ready, READY, new Turn.Then.Handshake());
      case Session.Open open -> Turn.reply(open, Answers.badSequence("A mail is under way"));
      case Session.Receiving receiving ->
          Turn.reply(receiving, Answers.badSequence("A mail is under way"));
    };
  }
}
