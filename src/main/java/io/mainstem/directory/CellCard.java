package io.mainstem.directory;

import java.util.List;

/**
 * What a cell tells the others of itself.
 *
 * @param enabled whether new accounts and users of other cells may come to it; its own are served
 *     in any case
 * @param partitions logical partitions that its users hash to
 * @param nodes that it has, in the order of their names
 */
public record CellCard(String name, boolean enabled, int partitions, List<Node> nodes) {
  /**
   * One node of a cell.
   *
   * @param host and {@code port}: where other nodes reach its wire
   * @param tokens its weight in the ring
   * @param level the highest feature level that it can read
   * @param serving whether it takes part in the ring
   */
  public record Node(String name, String host, int port, int tokens, int level, boolean serving) {}

  public CellCard {
    nodes = List.copyOf(nodes);
  }

  CellCard withEnabled(boolean now) {
    return new CellCard(name, now, partitions, nodes);
  }
}
