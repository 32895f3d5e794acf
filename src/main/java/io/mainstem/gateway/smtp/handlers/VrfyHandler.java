package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Turn;

/**
 * VRFY (RFC 5321 §4.1.1.6). Says the same of every name: who has an address here is nobody's
 * business (RFC 5321 §7.3).
 */
final class VrfyHandler {
  Turn onVrfy(Session session) {
    return Turn.reply(session, SmtpReply.of(252, 0, 0, "Not verified; send the mail and see"));
  }
}
