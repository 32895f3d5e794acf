/**
 * The store of a cell: logs, objects and ownership in Cassandra.
 *
 * <p>In: appends, saved objects, takes and releases of partitions. Out: rows, objects, epochs;
 * futures that complete when what they wrote is settled.
 *
 * <p>The protocol knows Cassandra only as {@link io.mainstem.store.cassandra.Replicas}, and time
 * only as {@link io.mainstem.store.cassandra.Turns}; so a simulation can run it over replicas that
 * lose, delay and repeat.
 */
@NullMarked
package io.mainstem.store.cassandra;

import org.jspecify.annotations.NullMarked;
