/**
 * What we say and write: replies on the wire, the extensions of EHLO, the trace fields of a mail,
 * and the reply that each refusal of the rest of the program becomes.
 *
 * <p>Invariant: no text of a client stands in a reply; what of it stands in a trace field was made
 * harmless first.
 */
@NullMarked
package io.mainstem.gateway.smtp.rendering;

import org.jspecify.annotations.NullMarked;
