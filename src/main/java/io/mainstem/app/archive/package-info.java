/**
 * Archives of mail outside a mailbox, as they are read for an import and written by an export: mbox
 * files, Maildirs, single messages, an account on another server. Blocking; nothing here knows of
 * the server.
 *
 * <p>In: files, or a connection to an IMAP server. Out: messages one after another, each as a
 * stream of its RFC 5322 bytes with its date and flags, in an order that is the same each time; a
 * mark after each of them is where a reading goes on. What is written reads back as the same bytes.
 * Invariant: no message is ever whole in memory.
 */
@NullMarked
package io.mainstem.app.archive;

import org.jspecify.annotations.NullMarked;
