package io.mainstem.gateway.smtp.protocol;

import org.jspecify.annotations.Nullable;

/** A command of a client, understood. */
public sealed interface SmtpCommand {
  /** RFC 5321 §4.1.1.1. */
  record Helo(String client) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.1. */
  record Ehlo(String client) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.2. */
  record Mail(ReversePath reversePath, MailParameters parameters) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.3. */
  record Rcpt(ForwardPath forwardPath) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.4. */
  record Data() implements SmtpCommand {}

  /** RFC 3030 §2. */
  record Bdat(long sizeBytes, boolean last) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.5. */
  record Rset() implements SmtpCommand {}

  /** RFC 5321 §4.1.1.6. */
  record Vrfy(String what) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.7. */
  record Expn(String what) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.8. */
  record Help(String about) implements SmtpCommand {}

  /** RFC 5321 §4.1.1.9. */
  record Noop() implements SmtpCommand {}

  /** RFC 5321 §4.1.1.10. */
  record Quit() implements SmtpCommand {}

  /** RFC 3207 §4. */
  record StartTls() implements SmtpCommand {}

  /**
   * RFC 4954 §4.
   *
   * @param mechanism in upper case
   * @param initialResponse in base 64, {@code =} when it is empty; null when there is none
   */
  record Auth(String mechanism, @Nullable String initialResponse) implements SmtpCommand {
    @Override
    public String toString() {
      return "Auth[" + mechanism + "]";
    }
  }
}
