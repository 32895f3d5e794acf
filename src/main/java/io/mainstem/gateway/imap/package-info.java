/**
 * Mail programs, over IMAP4rev2 and IMAP4rev1 (RFC 9051, RFC 3501).
 *
 * <p>In: bytes of clients. Out: responses; commands and queries to mailboxes, and blobs that
 * messages of APPEND become.
 *
 * <p>Rooms: {@code protocol} (grammar of the wire), {@code session} (states, and what a session
 * knows of its folder), {@code handlers} (one class a command), {@code rendering} (responses).
 *
 * <p>Invariants: a session's commands are answered one after the other; message numbers change only
 * where the RFC allows; what is written waits for the client to read it.
 */
@NullMarked
package io.mainstem.gateway.imap;

import org.jspecify.annotations.NullMarked;
