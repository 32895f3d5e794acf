package io.mainstem.store.cassandra;

import io.mainstem.store.MailboxStore.Row;

/**
 * A log is cut into buckets by the first number of each entry, so that no partition of the database
 * grows without bound. An entry is no longer than a bucket: so no bucket before the last is empty.
 */
final class Buckets {
  private static final int BITS = 15;

  /** The most numbers of one entry. */
  static final long SIZE = 1L << BITS;

  private Buckets() {}

  static long of(long seq) {
    return seq >> BITS;
  }

  static long of(Row row) {
    return of(row.seq());
  }
}
