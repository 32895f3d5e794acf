package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.SmtpCommand;
import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.Intake;
import io.mainstem.gateway.smtp.session.Role;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.gateway.smtp.session.Turn;
import io.vertx.core.Future;

/** MAIL (RFC 5321 §4.1.1.2). */
final class MailHandler {
  private final Setup setup;
  private final Intake intake;

  MailHandler(Setup setup, Intake intake) {
    this.setup = setup;
    this.intake = intake;
  }

  Future<Turn> onMail(Session session, SmtpCommand.Mail command) {
    return switch (session) {
      case Session.Fresh fresh -> Turn.reply(fresh, Answers.badSequence("Say EHLO first")).now();
      case Session.Ready ready -> onMail(ready, command);
      case Session.Open open -> Turn.reply(open, Answers.badSequence("A mail is under way")).now();
      case Session.Receiving receiving ->
          Turn.reply(receiving, Answers.badSequence("A mail is under way")).now();
    };
  }

  private Future<Turn> onMail(Session.Ready ready, SmtpCommand.Mail command) {
    if (setup.role() == Role.SUBMISSION && ready.peer().login() == null) {
      // RFC 6409 §4.3, RFC 4954 §6.
      return Turn.reply(ready, SmtpReply.of(530, 7, 0, "Authentication required")).now();
    }
    Long size = command.parameters().sizeBytes();
    if (size != null && size > setup.limits().maxSizeBytes()) {
      // RFC 1870 §6.1.
      String text = "The message is larger than " + setup.limits().maxSizeBytes() + " bytes";
      return Turn.reply(ready, SmtpReply.of(552, 3, 4, text)).now();
    }
    return intake
        .admit(ready.peer(), command.reversePath())
        .map(
            admitted ->
                Turn.reply(
                    ready.toOpen(command.reversePath(), command.parameters()),
                    SmtpReply.of(250, 1, 0, "Sender ok")))
        .otherwise(cause -> Turn.reply(ready, Answers.refusal(cause)));
  }
}
