package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Turn;

/** HELP (RFC 5321 §4.1.1.8). */
final class HelpHandler {
  private static final SmtpReply HELP =
      SmtpReply.of(
          214, 0, 0, "HELO EHLO MAIL RCPT DATA BDAT RSET NOOP HELP VRFY STARTTLS AUTH QUIT");

  Turn onHelp(Session session) {
    return Turn.reply(session, HELP);
  }
}
