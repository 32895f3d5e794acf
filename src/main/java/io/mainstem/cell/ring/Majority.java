package io.mainstem.cell.ring;

import java.util.Collections;
import java.util.Set;

/**
 * Who may fence. When a network splits, both sides believe the other to be gone; only the side that
 * sees more than half of the cell's registered nodes may end what the others own. Of two equal
 * halves it is the one with the smallest name. So at most one side fences, and the other serves
 * what it holds.
 */
public final class Majority {
  private Majority() {}

  /**
   * @param registered the names of all nodes that the store knows as the cell's
   * @param seen the names of those that this node sees, its own among them
   */
  public static boolean mayFence(Set<String> registered, Set<String> seen) {
    long here = registered.stream().filter(seen::contains).count();
    long missing = registered.size() - here;
    return here > missing
        || here == missing && here > 0 && seen.contains(Collections.min(registered));
  }
}
