/**
 * What an SMTP session is and how it goes on: its states as values, and the conversation that
 * drives them without knowing a socket.
 *
 * <p>In: bytes of the client, answers of the directory and of mailboxes. Out: replies in the order
 * of the commands (RFC 2920), message bytes to {@link io.mainstem.gateway.smtp.session.Incoming}.
 *
 * <p>Invariants: a transition that RFC 5321 §4.1.4 does not allow does not compile; while an answer
 * is awaited no further byte is read, so a client that sends faster than we store is held back by
 * TCP.
 */
@NullMarked
package io.mainstem.gateway.smtp.session;

import org.jspecify.annotations.NullMarked;
