package io.mainstem.gateway.imap.session;

import io.vertx.core.Future;

/** What a command did: the state after it, how it ended, what is read next. */
public record Outcome(Session session, Status status, Then then) {

  /** What is read next. */
  public sealed interface Then {
    record Command() implements Then {}

    /** TLS begins once the status is sent. */
    record Handshake() implements Then {}

    /** What follows the status is compressed on both sides (RFC 4978). */
    record Compress() implements Then {}

    /** The client's answer to a challenge, base 64; the status comes later. */
    record Challenge(String base64, Exchange exchange) implements Then {}

    /** DONE; the status comes later. */
    record Idle() implements Then {}

    record Close() implements Then {}

    /** Nothing can be said any more. */
    record Cut() implements Then {}
  }

  /** A SASL exchange under way. */
  @FunctionalInterface
  public interface Exchange {
    Future<Outcome> onResponse(byte[] response);
  }

  public static final Then COMMAND = new Then.Command();

  public static Outcome of(Session session, Status status) {
    return new Outcome(session, status, COMMAND);
  }

  public Future<Outcome> now() {
    return Future.succeededFuture(this);
  }
}
