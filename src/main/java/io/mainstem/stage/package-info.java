/**
 * Stages: the arrows on the way of a message, from a socket to the disk and back, as they are seen
 * from outside.
 *
 * <p>In: each part opens its stages by name ({@code smtp}, {@code mime}, {@code blob}, {@code
 * mailbox.host}, {@code store.append}, {@code delivery} …) and passes its work through them. Out: a
 * timer, a depth and a refusal counter a stage in {@code /metrics}, and what is wrong right now, in
 * words, for the readiness check.
 *
 * <p>Invariants: used by every part that does I/O, uses none of them; a passage is left exactly
 * once; names are fixed words, never something that a user wrote.
 */
@NullMarked
package io.mainstem.stage;

import org.jspecify.annotations.NullMarked;
