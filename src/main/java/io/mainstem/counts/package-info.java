/**
 * Unread counts in Redis, so that a badge wakes no mailbox.
 *
 * <p>In: the counts of a user after each settled entry that changed them ({@link
 * io.mainstem.mailbox.host.CountSink}); the query for counts. Out: a value in the Redis of every
 * data center; the answer from the own data center's Redis, or from the mailbox's owner.
 *
 * <pre>
 *   PREFIX USER   hash   g generation   s seq   u unread   r requests      lives for an hour
 * </pre>
 *
 * <p>Invariants: values are absolute, never increments, and a script in Redis keeps the newer by
 * (generation, seq); so writes may be repeated, doubled and come in any order, from any node. Redis
 * may vanish, freeze, or come back empty or with yesterday's data at any time: nothing waits for
 * it, a read that it does not answer soon goes to the owner, and what was not written or may have
 * been forgotten is written again when it is back, for as many users as are remembered. Beyond
 * those, a count is wrong for as long as it lives at most. Nothing here is ever the truth.
 */
@NullMarked
package io.mainstem.counts;

import org.jspecify.annotations.NullMarked;
