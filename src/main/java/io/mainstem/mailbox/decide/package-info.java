/**
 * Policy: what a command leads to. In: the image, the command and the moment. Out: one event with
 * all its outcomes, and a reply.
 *
 * <p>Invariants: nothing here reads a clock or chance but the moment's; a decision has one event,
 * so a row holds one message's content at most; what is asked twice is answered alike.
 */
@NullMarked
package io.mainstem.mailbox.decide;

import org.jspecify.annotations.NullMarked;
