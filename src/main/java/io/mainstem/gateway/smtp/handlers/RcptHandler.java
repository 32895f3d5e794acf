package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.ForwardPath;
import io.mainstem.gateway.smtp.protocol.SmtpCommand;
import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.Envelope;
import io.mainstem.gateway.smtp.session.Intake;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.gateway.smtp.session.Turn;
import io.vertx.core.Future;

/** RCPT (RFC 5321 §4.1.1.3). */
final class RcptHandler {
  private final Setup setup;
  private final Intake intake;

  RcptHandler(Setup setup, Intake intake) {
    this.setup = setup;
    this.intake = intake;
  }

  Future<Turn> onRcpt(Session session, SmtpCommand.Rcpt command) {
    return switch (session) {
      case Session.Fresh fresh -> Turn.reply(fresh, Answers.badSequence("Say EHLO first")).now();
      case Session.Ready ready -> Turn.reply(ready, Answers.badSequence("Say MAIL first")).now();
      case Session.Open open -> onRcpt(open, command.forwardPath());
      case Session.Receiving receiving ->
          Turn.reply(receiving, Answers.badSequence("The mail's bytes are coming")).now();
    };
  }

  private Future<Turn> onRcpt(Session.Open open, ForwardPath path) {
    Envelope envelope = open.envelope();
    if (envelope.recipients().size() + envelope.refused() >= setup.limits().maxRecipients()) {
      // RFC 5321 §4.5.3.1.10: the client sends the rest in a mail of its own.
      return Turn.reply(open, SmtpReply.of(452, 5, 3, "Too many recipients")).now();
    }
    if (!envelope.parameters().smtputf8() && !path.toString().chars().allMatch(c -> c < 0x80)) {
      // RFC 6531 §3.5.
      return Turn.reply(
              open.toRefusal(), SmtpReply.of(553, 6, 7, "The address is not ASCII: say SMTPUTF8"))
          .now();
    }
    return intake
        .resolve(open.peer(), path)
        .map(
            recipient ->
                Turn.reply(open.toRecipient(recipient), SmtpReply.of(250, 1, 5, "Recipient ok")))
        .otherwise(cause -> Turn.reply(open.toRefusal(), Answers.refusal(cause)));
  }
}
