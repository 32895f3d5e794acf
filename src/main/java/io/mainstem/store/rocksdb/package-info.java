/**
 * The embedded store: one RocksDB in the data directory, one thread that commits.
 *
 * <p>In: appends, saved objects, directory rows. Out: rows, objects; futures that complete when
 * what they wrote is synced.
 *
 * <pre>
 * column family   key                                        value
 * log             mailbox seq epoch                          last-seq, settled, previous epoch, entry   ({@link io.mainstem.store.rocksdb.RowFormat})
 * body            mailbox seq epoch                          content, until it is redacted
 * objects         mailbox key                                object
 * agenda          mailbox                                    (empty): the mark
 * fence           mailbox epoch                              seq, previous epoch: the fences of the log, to find its chain
 * directory       as the directory's store says
 * default         'n'                                        incarnation counter
 *                 'p' partition                              incarnation that holds it (0: none), epoch
 *
 * mailbox = partition (2) user 0 generation (4); seq, epoch (8); numbers big-endian, so that bytes sort as numbers do
 * </pre>
 *
 * <p>Invariants: everything that one append writes is in one synced batch. An append follows the
 * last row of its mailbox's chain or is refused, so a log has no holes whatever fails. After a
 * failed write nothing is acknowledged by a later one (see {@link
 * io.mainstem.store.rocksdb.CommitThread}).
 */
@NullMarked
package io.mainstem.store.rocksdb;

import org.jspecify.annotations.NullMarked;
