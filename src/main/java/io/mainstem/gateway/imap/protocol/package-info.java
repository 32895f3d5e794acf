/**
 * The grammar of IMAP's wire (RFC 9051 §9, RFC 3501 §9 and the extensions' own).
 *
 * <p>In: bytes as they come. Out: commands as values, or {@link
 * io.mainstem.gateway.imap.protocol.Malformed} with what is wrong.
 *
 * <p>Invariants: no I/O; a command's bytes are bounded before they are kept; the same bytes give
 * the same command however they were cut on their way.
 */
@NullMarked
package io.mainstem.gateway.imap.protocol;

import org.jspecify.annotations.NullMarked;
