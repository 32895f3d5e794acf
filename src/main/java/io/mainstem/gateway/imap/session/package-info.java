/**
 * The state of one client's session (RFC 9051 §3) and what it is told of its folder.
 *
 * <p>In: what handlers decide, and the mailbox's frames. Out: the next state, and untagged
 * responses.
 *
 * <p>Invariants: message numbers change only where the RFC allows; a session that waits holds a few
 * hundred bytes beside its runs of UIDs.
 */
@NullMarked
package io.mainstem.gateway.imap.session;

import org.jspecify.annotations.NullMarked;
