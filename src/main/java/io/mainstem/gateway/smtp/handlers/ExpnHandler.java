package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Turn;

/** EXPN (RFC 5321 §4.1.1.7): not offered (RFC 5321 §7.3). */
final class ExpnHandler {
  Turn onExpn(Session session) {
    return Turn.reply(session, SmtpReply.of(502, 5, 1, "Not implemented"));
  }
}
