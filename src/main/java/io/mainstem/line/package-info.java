/**
 * Ports of line protocols: TCP connections are accepted, admitted, put under TLS, looked at by the
 * clock and drained in one way for SMTP, submission and IMAP.
 *
 * <p>In: a protocol, as a gateway describes it, and the connections of clients. Out: bytes to the
 * conversation that the gateway begins for each.
 *
 * <p>Invariants: all of a connection happens on the event loop that accepted it; an address has a
 * bounded number of connections, and a port too; whatever ends a connection, its conversation hears
 * of it once.
 */
@NullMarked
package io.mainstem.line;

import org.jspecify.annotations.NullMarked;
