package io.mainstem.gateway.smtp.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The parameters of MAIL.
 *
 * @param sizeBytes as announced (RFC 1870 §6); null when it was not
 * @param smtputf8 the message or its envelope may hold UTF-8 where ASCII was the rule (RFC 6531
 *     §3.4)
 */
public record MailParameters(@Nullable Long sizeBytes, Body body, boolean smtputf8) {
  public static final MailParameters NONE = new MailParameters(null, Body.SEVEN_BIT, false);
}
