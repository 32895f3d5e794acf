package io.mainstem.config;

import java.util.List;

/**
 * The Cassandra of a cell.
 *
 * @param contactPoints {@code host:port} of some of its nodes; the others are found through them
 * @param dataCenter whose replicas make a quorum; all nodes of a cell name the same
 * @param replication {@code dataCenter:replicas}, for each data center that keeps the cell's data
 * @param user empty: no password is asked for
 */
public record Cassandra(
    @Default("127.0.0.1:9042") List<String> contactPoints,
    @Default("datacenter1") @NotBlank String dataCenter,
    @Default("mainstem") @NotBlank String keyspace,
    @Default("datacenter1:3") List<String> replication,
    @Default("") String user,
    @Default("") String password,
    @Default("5000") @Range(min = 100, max = 600_000) int requestMillis,
    @Default("60") @Range(min = 1, max = 3600) int connectSeconds,
    @Default("2") @Range(min = 1, max = 64) int connections,
    @Default("65536") @Range(min = 1, max = 10_000_000) int queue,
    @Default("64m") @Range(min = 1 << 20, max = 1L << 40) long queueBytes,
    @Default("2048") @Range(min = 1, max = 1_000_000) int reads,
    @Default("5") @Range(min = 1, max = 3600) int goneSeconds,
    @Default("5") @Range(min = 2, max = 3600) int staleSeconds,
    Directory directory) {

  /**
   * The directory, which cells share: in a keyspace of its own, and, if that is given, in another
   * Cassandra. What is empty is as for the cell.
   */
  public record Directory(
      @Default("") List<String> contactPoints,
      @Default("") String dataCenter,
      @Default("mainstem_directory") @NotBlank String keyspace,
      @Default("") List<String> replication,
      @Default("") String user,
      @Default("") String password) {}
}
