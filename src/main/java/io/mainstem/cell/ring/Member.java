package io.mainstem.cell.ring;

/**
 * A node that takes a share of the partitions.
 *
 * @param node its configured name, unique in the cell
 * @param tokens its places on the ring, which are its weight: with twice the tokens of another it
 *     takes twice the share
 */
public record Member(String node, int tokens) {
  /** Tokens of a node of weight one. */
  public static final int TOKENS = 128;

  private static final int MOST_TOKENS = 4096;

  public Member {
    if (node.isBlank()) {
      throw new IllegalArgumentException("a member of a ring has a name");
    }
    if (tokens < 1 || tokens > MOST_TOKENS) {
      throw new IllegalArgumentException(
          "member " + node + " has " + tokens + " tokens; 1 to " + MOST_TOKENS + " are possible");
    }
  }

  public Member(String node) {
    this(node, TOKENS);
  }
}
