/**
 * Cells on one machine, with real processes, for a look around, for faults and for measuring:
 *
 * <pre>
 *   Cassandra of cell a    Cassandra of cell b    Cassandra of the directory
 *   nodes a1 a2 a3         node b1
 *   Redis of east          Redis of west          object store
 * </pre>
 *
 * <p>In: a directory to work in, and where the programs lie that are no part of this one (Maven
 * fetches them, {@code scripts/cluster} says how). Out: addresses, and each process to kill, freeze
 * and start again.
 *
 * <p>Invariants: a process keeps its ports and its data over every start; all of it ends with this
 * program, however that ends, and what it wrote is removed when it is closed.
 */
@NullMarked
package io.mainstem.bench.cluster;

import org.jspecify.annotations.NullMarked;
