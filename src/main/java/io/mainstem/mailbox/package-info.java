/**
 * A mailbox is a log: pure logic, no input or output.
 *
 * <p>In: {@link io.mainstem.mailbox.Command}s and {@link io.mainstem.mailbox.Query}s with the
 * moment at which they are judged. Out: entries of the log, replies, views, and {@link
 * io.mainstem.mailbox.Frame}s for those who watch. {@code decide} holds all policy; {@code apply}
 * copies outcomes and works on one object at a time.
 *
 * <p>Invariants: whatever order objects are loaded in, however often a command is decided, the same
 * log gives the same bytes.
 */
@NullMarked
package io.mainstem.mailbox;

import org.jspecify.annotations.NullMarked;
