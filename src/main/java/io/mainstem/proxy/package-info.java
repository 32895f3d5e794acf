/**
 * Who a client is when a balancer stands between: HAProxy and its like.
 *
 * <p>In: the address at the other end of a connection, and what it says of whom it speaks for: a
 * header of the PROXY protocol, version 2, in front of everything else (SMTP, submission, IMAP), or
 * the field {@code Forwarded} (RFC 7239, HTTP). Out: the address that limits count, logs of logins
 * judge and Received fields name.
 *
 * <p>Invariants: only configured networks are believed; whoever comes from elsewhere is who his
 * connection says, whatever he claims. Neither is guessed: a believed balancer must begin with the
 * header, and for anybody else the header is garbage of his protocol.
 */
@NullMarked
package io.mainstem.proxy;

import org.jspecify.annotations.NullMarked;
