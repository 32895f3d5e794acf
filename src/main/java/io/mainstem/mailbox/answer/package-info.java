/**
 * What others see of a mailbox: answers to queries from an image, frames and debts from an entry
 * alone.
 *
 * <p>Invariant: a frame is a pure function of its entry, so it is the same live and replayed, but
 * for content that was erased.
 */
@NullMarked
package io.mainstem.mailbox.answer;

import org.jspecify.annotations.NullMarked;
