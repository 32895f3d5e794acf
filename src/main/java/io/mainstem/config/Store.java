package io.mainstem.config;

/**
 * The log and the objects of all mailboxes.
 *
 * @param kind the database that holds them
 * @param sync whether a commit waits for the disk; off only to prove that the durability tests
 *     notice
 */
public record Store(
    @Default("rocksdb") Kind kind,
    @Default("1024") @Range(min = 1, max = 65_536) int partitions,
    @Default("true") boolean sync,
    @Default("1024") @Range(min = 1, max = 65_536) int commitMaxEntries,
    @Default("8m") @Range(min = 65_536, max = 1 << 30) long commitMaxBytes,
    @Default("65536") @Range(min = 1, max = 10_000_000) int commitQueue,
    @Default("32m") @Range(min = 1 << 20, max = 1L << 40) long cacheBytes,
    @Default("64m") @Range(min = 1 << 20, max = 1L << 40) long writeBufferBytes,
    @Default("128m") @Range(min = 1 << 20, max = 1L << 40) long maxWalBytes,
    @Default("256") @Range(min = 64, max = 1_000_000) int maxOpenFiles,
    @Default("4") @Range(min = 1, max = 256) int readThreads,
    @Default("4096") @Range(min = 1, max = 1_000_000) int readQueue,
    Cassandra cassandra) {

  /** Which database. */
  public enum Kind {
    /** In the data directory of this node. */
    ROCKSDB,
    /** A cluster that the nodes of a cell share. */
    CASSANDRA
  }
}
