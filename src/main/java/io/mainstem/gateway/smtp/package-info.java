/**
 * Mail from outside (SMTP) and from our users' mail programs (submission).
 *
 * <p>In: connections. Out: mail in the blob store and, through {@link
 * io.mainstem.mailbox.MailboxService}, in the mailboxes of its recipients or of the user who sends
 * it. Rooms: {@code protocol} (the grammar of the wire), {@code session} (the state machine),
 * {@code handlers} (one class a command), {@code rendering} (what we say), {@code intake} (where a
 * mail goes). This package holds what owns sockets.
 *
 * <p>Invariants: 250 follows only when the mail is durable for every recipient; one connection's
 * bytes are read only as fast as they are stored; no byte sequence makes two mails of what the
 * sending server sent as one.
 */
@NullMarked
package io.mainstem.gateway.smtp;

import org.jspecify.annotations.NullMarked;
