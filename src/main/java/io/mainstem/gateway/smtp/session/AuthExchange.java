package io.mainstem.gateway.smtp.session;

/** Where an AUTH stands between two lines. */
public sealed interface AuthExchange {
  /** PLAIN without an initial response (RFC 4616). */
  record Plain() implements AuthExchange {}

  /** LOGIN asked for the name (draft-murchison-sasl-login §2). */
  record LoginName() implements AuthExchange {}

  /** LOGIN asked for the password. */
  record LoginPassword(String name) implements AuthExchange {}

  /** SCRAM-SHA-256 without an initial response (RFC 7677). */
  record ScramFirst() implements AuthExchange {}

  /** SCRAM-SHA-256 was challenged. */
  record ScramFinal(Credentials.Scram scram) implements AuthExchange {}

  /** SCRAM-SHA-256 is proved on both sides; the client has still to say so (RFC 5802 §5). */
  record ScramProved(Login login) implements AuthExchange {}
}
