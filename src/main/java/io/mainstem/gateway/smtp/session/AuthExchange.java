package io.mainstem.gateway.smtp.session;

/** Where an AUTH stands between two lines. */
public sealed interface AuthExchange {
  /** PLAIN without an initial response (RFC 4616). */
  record Plain() implements AuthExchange {}

  /** LOGIN asked for the name (draft-murchison-sasl-login §2). */
  record LoginName() implements AuthExchange {}

  /** LOGIN asked for the password. */
  record LoginPassword(String name) implements AuthExchange {}
}
