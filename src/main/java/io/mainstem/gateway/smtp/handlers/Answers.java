package io.mainstem.gateway.smtp.handlers;

import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.rendering.Refusals;
import io.mainstem.gateway.smtp.session.Refused;
import io.mainstem.message.Rejected;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replies that several commands share. */
final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  static final SmtpReply OK = SmtpReply.of(250, 0, 0, "Ok");

  private Answers() {}

  /** RFC 5321 §4.1.4, RFC 3463 X.5.1. */
  static SmtpReply badSequence(String text) {
    return SmtpReply.of(503, 5, 1, text);
  }

  /**
   * What a failure is for the client. One that is neither its fault nor a known limit is ours: one
   * log line, and its id in the reply.
   */
  static SmtpReply refusal(Throwable cause) {
    if (cause instanceof Refused refused) {
      return refused.reply();
    }
    if (cause instanceof Rejected rejected) {
      return Refusals.of(rejected);
    }
    String id = Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);
    LOG.error("error {}", id, cause);
    return SmtpReply.of(451, 3, 0, "Our fault, try again later (error " + id + ")");
  }
}
