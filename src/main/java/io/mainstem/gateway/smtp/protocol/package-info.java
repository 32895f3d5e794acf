/**
 * The grammar of SMTP on the wire: bytes to commands, message data and replies. Pure: no sockets,
 * no clocks, no state of a session.
 *
 * <p>In: bytes, cut anywhere. Out: {@link io.mainstem.gateway.smtp.protocol.SmtpCommand}s,
 * unstuffed message bytes, and {@link io.mainstem.gateway.smtp.protocol.Malformed} for what is no
 * SMTP.
 *
 * <p>Invariants: the result does not depend on where the bytes were cut; CRLF alone ends a line,
 * and CRLF "." CRLF alone ends a message (RFC 5321 §2.3.8), so that no other server's reading of a
 * line end can hide a second message in a first one.
 */
@NullMarked
package io.mainstem.gateway.smtp.protocol;

import org.jspecify.annotations.NullMarked;
