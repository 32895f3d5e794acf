/**
 * Where a mail goes once its bytes come: into the blob store, through the MIME parser, and to
 * mailboxes.
 *
 * <p>In: a mail's envelope and bytes. Out: one blob, and {@code Deliver} to the mailbox of every
 * recipient, or {@code Send} through the mailbox of the user who submitted it.
 *
 * <p>Invariants: a mail is kept for all its recipients or the client hears that it is not; a repeat
 * of the same mail is stored once in each mailbox, whatever was lost on the way.
 */
@NullMarked
package io.mainstem.gateway.smtp.intake;

import org.jspecify.annotations.NullMarked;
