package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Turn;

/** RSET (RFC 5321 §4.1.1.5). */
final class RsetHandler {
  Turn onRset(Session session) {
    return Turn.reply(abandon(session), Answers.OK);
  }

  /** Gives up the mail under way, if there is one. */
  static Session abandon(Session session) {
    if (session instanceof Session.Receiving receiving) {
      receiving.flow().abandon();
    }
    return session.toReset();
  }
}
