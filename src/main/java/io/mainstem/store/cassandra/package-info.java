/**
 * The store of a cell: logs, objects and ownership in Cassandra; and the directory, in a keyspace
 * of its own.
 *
 * <p>In: appends, saved objects, takes and releases of partitions, conditional changes of the
 * directory. Out: rows, objects, epochs; futures that complete when what they wrote is settled.
 * {@link io.mainstem.store.cassandra.CassandraDatabase#open} connects, refuses a Cassandra on which
 * the protocol would not hold, makes tables that are missing, and then serves the three interfaces
 * of {@link io.mainstem.store}. The configuration key {@code store.kind: cassandra} chooses it
 * ({@code app.Stores}); a node of a cell differs from a single one in nothing but the name under
 * which it joins.
 *
 * <pre>
 * incarnation  cell │ id → node, nonce, fenced; static: last id given      lightweight transactions
 * ownership    cell │ partition → incarnation, epoch                       lightweight transactions
 * log          user, generation, seq &gt;&gt; 15 │ seq, epoch → entry, body …    TIMESTAMP epoch
 * fence        user, generation │ epoch → seq, epoch before                TIMESTAMP epoch
 * object       user, generation │ name → value                             TIMESTAMP epoch, counter
 * mailbox      partition │ user, generation: those with a log              TIMESTAMP epoch, counter
 * agenda       partition │ user, generation: those with work               TIMESTAMP epoch, counter
 * cell         one row: layout, data center of the quorums, partitions, newest renewal
 * account, domain, address, credentials, app_password, session
 *              group │ name → version, value                               lightweight transactions
 * </pre>
 *
 * <p>Why it holds. An append is acknowledged when a quorum has its row and a quorum read of the own
 * incarnation, begun after that, shows it not fenced ({@link
 * io.mainstem.store.cassandra.Standing}). Whoever takes a partition from a holder that is gone has
 * read the fence of that holder at a quorum before, and reads each log after that. So either the
 * read of the old owner began after the fence was on a quorum, and then sees it and acknowledges
 * nothing; or it began before, and then the row was on a quorum before the new owner read the log,
 * so that he sees it. What an old owner writes later than that stands behind the new owner's fence
 * entry and off the chain ({@link io.mainstem.store.cassandra.Chain}). One read of one row a node
 * settles all that was written before it, so it costs next to nothing under load.
 *
 * <p>What is retried is the same bytes under the same key ({@link
 * io.mainstem.store.cassandra.Line}): a write without an answer may land at any time and changes
 * nothing then. A transaction without an answer is never guessed about: the next one names what was
 * read serially after it.
 *
 * <p>The protocol knows Cassandra only as {@link io.mainstem.store.cassandra.Replicas}, and time
 * only as {@link io.mainstem.store.cassandra.Turns}; so a simulation can run it over replicas that
 * lose, delay and repeat.
 */
@NullMarked
package io.mainstem.store.cassandra;

import org.jspecify.annotations.NullMarked;
