package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.SmtpCommand;
import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.Intake;
import io.mainstem.gateway.smtp.session.MailFlow;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.gateway.smtp.session.Turn;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * BDAT (RFC 3030 §2). The chunk's octets follow the command at once, so they are read whatever is
 * wrong with it, and only then answered. No octets in a chunk are an end of anything, so none of
 * them can smuggle a second mail.
 */
final class BdatHandler {
  private final Setup setup;
  private final Intake intake;

  BdatHandler(Setup setup, Intake intake) {
    this.setup = setup;
    this.intake = intake;
  }

  Future<Turn> onBdat(Session session, SmtpCommand.Bdat command) {
    return switch (session) {
      case Session.Fresh fresh ->
          chunk(fresh, command, Answers.badSequence("Say EHLO first")).now();
      case Session.Ready ready ->
          chunk(ready, command, Answers.badSequence("Say MAIL first")).now();
      case Session.Open open -> onFirst(open, command);
      case Session.Receiving receiving -> chunk(receiving, command, null).now();
    };
  }

  private Future<Turn> onFirst(Session.Open open, SmtpCommand.Bdat command) {
    if (open.envelope().recipients().isEmpty()) {
      return chunk(open, command, DataHandler.noRecipients(open)).now();
    }
    return intake
        .open(open)
        .map(
            incoming -> {
              var flow = new MailFlow(incoming, setup.limits().maxSizeBytes());
              return chunk(open.toReceiving(flow), command, null);
            })
        .otherwise(cause -> chunk(open.ready(), command, Answers.refusal(cause)));
  }

  private static Turn chunk(
      Session session, SmtpCommand.Bdat command, @Nullable SmtpReply refusal) {
    return new Turn(
        session, null, new Turn.Then.Chunk(command.sizeBytes(), command.last(), refusal));
  }

  Future<Turn> onChunkEnd(Session session, Turn.Then.Chunk chunk) {
    if (chunk.refusal() != null) {
      return Turn.reply(session, chunk.refusal()).now();
    }
    if (!(session instanceof Session.Receiving receiving)) {
      throw new IllegalStateException("a chunk without refusal belongs to a mail");
    }
    Throwable fault = receiving.flow().fault();
    if (fault != null) {
      // RFC 3030 §2: the mail is over; chunks that are already on their way get 503.
      return Turn.reply(receiving.toReady(), Answers.refusal(fault)).now();
    }
    return chunk.last()
        ? DataHandler.finish(setup, receiving)
        : Turn.reply(receiving, SmtpReply.of(250, 0, 0, chunk.sizeBytes() + " octets received"))
            .now();
  }
}
