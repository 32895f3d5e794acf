package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Turn;

/** NOOP (RFC 5321 §4.1.1.9). */
final class NoopHandler {
  Turn onNoop(Session session) {
    return Turn.reply(session, Answers.OK);
  }
}
