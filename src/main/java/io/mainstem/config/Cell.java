package io.mainstem.config;

import java.util.List;

/**
 * Several nodes that share the users of one store.
 *
 * @param name of the cell, the same at all its nodes
 * @param node this node's name, unique in the cell and the same after a restart
 * @param tokens this node's weight: with twice the tokens it takes twice the share
 */
public record Cell(
    @Default("false") boolean enabled,
    @Default("local") @NotBlank String name,
    @Default("") String node,
    @Default("128") @Range(min = 1, max = 4096) int tokens,
    @Default("10") @Range(min = 1, max = 600) int requestSeconds,
    @Default("30") @Range(min = 1, max = 3600) int watchSeconds,
    Members members,
    Wire wire,
    Moves moves) {
  public Cell {
    if (enabled && node.isEmpty()) {
      throw new ConfigException(
          "cell.node must be set when cell.enabled is true: a name that no other node of the cell"
              + " has, and that stays the same");
    }
    if (enabled && members.seeds().isEmpty() && members.kubernetesService().isEmpty()) {
      throw new ConfigException(
          "cell.members.seeds must name nodes of the cell (host:port, this one among them), or"
              + " cell.members.kubernetesService a service, when cell.enabled is true");
    }
  }

  /**
   * How nodes find one another (Hazelcast).
   *
   * @param seeds host:port of some nodes
   * @param kubernetesService name of a headless service whose addresses are the nodes'
   * @param silentSeconds without a heartbeat after which a node is taken out of the ring
   */
  public record Members(
      @Default("127.0.0.1") @NotBlank String host,
      @Default("5701") @Range(min = 1, max = 65535) int port,
      @Default("") List<String> seeds,
      @Default("") String kubernetesService,
      @Default("2") @Range(min = 2, max = 60) int silentSeconds) {}

  /**
   * How nodes speak to one another (gRPC).
   *
   * @param address host:port where other nodes reach this one; empty: as it listens
   * @param certificate PEM file with this node's chain
   * @param key PEM file with its private key
   * @param authority PEM file with the authority that signed the certificates of all nodes
   */
  public record Wire(
      @Default("127.0.0.1") @NotBlank String host,
      @Default("7400") @Range(max = 65535) int port,
      @Default("") String address,
      @Default("") String certificate,
      @Default("") String key,
      @Default("") String authority,
      @Default("4096") @Range(min = 1, max = 1_000_000) int maxInFlight,
      @Default("16m") @Range(min = 65_536, max = 1 << 30) long maxWaitingBytes,
      @Default("16m") @Range(min = 1 << 20, max = 1 << 30) int maxMessageBytes) {
    public Wire {
      if (certificate.isEmpty() != key.isEmpty() || certificate.isEmpty() != authority.isEmpty()) {
        throw new ConfigException(
            "cell.wire.certificate, cell.wire.key and cell.wire.authority are set together or not"
                + " at all");
      }
      if (!address.isEmpty() && !address.matches("[^:]+:[0-9]{1,5}")) {
        throw new ConfigException(
            "cell.wire.address = \"" + address + "\" is not allowed: host:port, or nothing");
      }
    }
  }

  /**
   * Users who go to other cells.
   *
   * @param atOnce mailboxes that one node gives away at once; others wait
   * @param frozenSeconds how long a mailbox may take no commands before its move is given up
   * @param copySeconds how long it may be copied before that
   * @param keepSeconds how long what was left behind stays whole
   */
  public record Moves(
      @Default("4") @Range(min = 1, max = 1_000) int atOnce,
      @Default("30") @Range(min = 1, max = 3_600) int frozenSeconds,
      @Default("86400") @Range(min = 1, max = 31_536_000) int copySeconds,
      @Default("600") @Range(max = 31_536_000) int keepSeconds) {}
}
