/**
 * Commands, queries and what they give as bytes, for the wire between nodes: ProtoStream over the
 * annotated records, as in the log.
 *
 * <p>Invariants: every kind comes back equal; a kind that this version does not know is refused,
 * never guessed. Instants keep their milliseconds.
 */
@NullMarked
package io.mainstem.mailbox.wire;

import org.jspecify.annotations.NullMarked;
