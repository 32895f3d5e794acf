package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.Malformed;
import io.mainstem.gateway.imap.session.CutShort;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.message.Rejected;
import java.nio.channels.ClosedChannelException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what went wrong into what the client is told (RFC 9051 §7.1, RFC 5530). */
public final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  private Refusals() {}

  public static Status status(Throwable cause) {
    return switch (cause) {
      case Refused refused -> refused.status();
      case Rejected rejected -> Status.no(code(rejected.rule()), sentence(rejected));
      case Malformed malformed -> Status.bad(String.valueOf(malformed.getMessage()));
      // The client went away while it was answered.
      case ClosedChannelException gone -> Status.no("UNAVAILABLE", "The client is gone");
      case CutShort cut when cut.getCause() instanceof ClosedChannelException ->
          Status.no("UNAVAILABLE", "The client is gone");
      default -> {
        String id = UUID.randomUUID().toString().substring(0, 8);
        LOG.error("An IMAP command failed, {}", id, cause);
        yield Status.no("SERVERBUG", "The server failed, see its log for " + id);
      }
    };
  }

  private static String sentence(Rejected rejected) {
    String text = String.valueOf(rejected.getMessage());
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static String code(Rejected.Rule rule) {
    return switch (rule) {
      case CONFLICT -> "ALREADYEXISTS";
      case NOT_FOUND -> "NONEXISTENT";
      case INVALID, NOT_PERMITTED, UNKNOWN_RECIPIENT, NOT_UNDOABLE -> "CANNOT";
      case TOO_LARGE -> "TOOBIG";
      case OVER_QUOTA -> "OVERQUOTA";
      case RATE_LIMITED, BUSY, RESET, STORE_FAILED -> "UNAVAILABLE";
      case STORE_FULL -> "OVERQUOTA";
    };
  }

  /** The session cannot be brought up to date any more: its numbers would be wrong. */
  static Outcome closing(Outcome outcome, Throwable cause, Output out) {
    out.untagged("BYE " + status(cause).toString().substring(3));
    return new Outcome(outcome.session(), outcome.status(), new Outcome.Then.Close());
  }
}
