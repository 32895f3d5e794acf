package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.Body;
import io.mainstem.gateway.smtp.protocol.DataReader;
import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.Intake;
import io.mainstem.gateway.smtp.session.MailFlow;
import io.mainstem.gateway.smtp.session.Refused;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.gateway.smtp.session.Turn;
import io.vertx.core.Future;

/** DATA (RFC 5321 §4.1.1.4). */
final class DataHandler {
  private static final SmtpReply GO_AHEAD =
      SmtpReply.plain(354, "Send the message, end with a line of one dot");

  private final Setup setup;
  private final Intake intake;

  DataHandler(Setup setup, Intake intake) {
    this.setup = setup;
    this.intake = intake;
  }

  Future<Turn> onData(Session session) {
    return switch (session) {
      case Session.Fresh fresh -> Turn.reply(fresh, Answers.badSequence("Say EHLO first")).now();
      case Session.Ready ready -> Turn.reply(ready, Answers.badSequence("Say MAIL first")).now();
      case Session.Open open -> onData(open);
      // RFC 3030 §2: DATA and BDAT do not mix in one mail.
      case Session.Receiving receiving ->
          Turn.reply(receiving, Answers.badSequence("The mail comes by BDAT")).now();
    };
  }

  private Future<Turn> onData(Session.Open open) {
    if (open.envelope().recipients().isEmpty()) {
      return Turn.reply(open, noRecipients(open)).now();
    }
    if (open.envelope().parameters().body() == Body.BINARY_MIME) {
      // RFC 3030 §3.
      return Turn.reply(open, Answers.badSequence("BINARYMIME comes by BDAT")).now();
    }
    return intake
        .open(open)
        .map(
            incoming -> {
              var flow = new MailFlow(incoming, setup.limits().maxSizeBytes());
              return new Turn(open.toReceiving(flow), GO_AHEAD, new Turn.Then.Text());
            })
        .otherwise(cause -> Turn.reply(open.ready(), Answers.refusal(cause)));
  }

  Future<Turn> onTextEnd(Session.Receiving receiving, DataReader.Status end) {
    if (end == DataReader.Status.END_WITH_BARE_LINE_END) {
      SmtpReply reply =
          SmtpReply.of(
              550,
              6,
              0,
              "Lines end with CRLF: a CR or LF alone is not taken (RFC 5321 section 2.3.8)");
      receiving.flow().fail(reply);
      // Where the next command begins is not certain any more.
      return Turn.close(receiving.toReady(), reply).now();
    }
    if (end == DataReader.Status.END_WITH_LONG_LINE) {
      receiving
          .flow()
          .fail(
              new Refused(
                  SmtpReply.of(
                      554,
                      6,
                      0,
                      "A line is longer than " + setup.limits().maxTextLineBytes() + " bytes")));
    }
    return finish(setup, receiving);
  }

  /**
   * Asks for the mail to be kept; the session is ready for the next one either way (RFC 5321
   * §4.1.1.4).
   */
  static Future<Turn> finish(Setup setup, Session.Receiving receiving) {
    return setup
        .stage()
        .pass(() -> receiving.flow().finish())
        .map(
            name -> Turn.reply(receiving.toReady(), SmtpReply.of(250, 0, 0, "Ok: kept as " + name)))
        .otherwise(cause -> Turn.reply(receiving.toReady(), Answers.refusal(cause)));
  }

  /** RFC 5321 §3.3: 503 when nobody was named, 554 when nobody of them was accepted. */
  static SmtpReply noRecipients(Session.Open open) {
    return open.envelope().refused() == 0
        ? Answers.badSequence("Say RCPT first")
        : SmtpReply.of(554, 5, 1, "No valid recipients");
  }
}
