package io.mainstem.gateway.smtp.rendering;

import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.message.Rejected;

/** The reply that each rule of {@link Rejected} becomes (RFC 5321 §4.2.3, RFC 3463). */
public final class Refusals {
  private Refusals() {}

  public static SmtpReply of(Rejected rejected) {
    return switch (rejected.rule()) {
      case UNKNOWN_RECIPIENT, NOT_FOUND -> SmtpReply.of(550, 1, 1, "No such user here");
      case TOO_LARGE -> SmtpReply.of(552, 3, 4, "The message is larger than is taken here");
      case OVER_QUOTA -> SmtpReply.of(552, 2, 2, "The mailbox is full");
      case RATE_LIMITED -> SmtpReply.of(450, 7, 1, "Too many in too short a time, try again later");
      case NOT_PERMITTED -> SmtpReply.of(550, 7, 1, "Not permitted");
      case CONFLICT -> SmtpReply.of(554, 5, 0, "Another message came before under this identity");
      case INVALID -> SmtpReply.of(554, 6, 0, "The message cannot be taken as it is");
      case NOT_UNDOABLE, RESET -> SmtpReply.of(451, 3, 0, "Try again later");
      case BUSY -> SmtpReply.of(451, 3, 2, "Busy, try again later");
      case STORE_FULL -> SmtpReply.of(452, 3, 1, "No space to keep the message, try again later");
      case STORE_FAILED -> SmtpReply.of(451, 3, 0, "The store failed, try again later");
    };
  }
}
