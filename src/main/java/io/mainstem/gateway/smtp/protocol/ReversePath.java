package io.mainstem.gateway.smtp.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Whom a bounce goes to (RFC 5321 §4.1.2); null is the null reverse-path of what must not be
 * bounced (§4.5.5).
 */
public record ReversePath(@Nullable Mailbox mailbox) {
  public static final ReversePath NULL = new ReversePath(null);

  /** With angle brackets. */
  @Override
  public String toString() {
    return mailbox == null ? "<>" : "<" + mailbox + ">";
  }
}
