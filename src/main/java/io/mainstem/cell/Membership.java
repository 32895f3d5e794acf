package io.mainstem.cell;

import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Who is in the cell now, as far as this node sees it. */
public interface Membership {
  /**
   * Shows this node's card to the others, in place of an earlier one, and begins to tell of theirs.
   */
  Future<Void> publish(NodeCard card);

  /** The cards of all nodes that this one sees, its own among them once it is shown. */
  List<NodeCard> nodes();

  /**
   * The names of all nodes that are there, also of those whose cards have not come yet. Who is not
   * among them is gone.
   */
  default Set<String> present() {
    return nodes().stream().map(NodeCard::name).collect(Collectors.toSet());
  }

  /** Is told from now on, from any thread, that {@link #nodes} may give something else. */
  void onChange(Runnable listener);

  /** How far this node's clock is ahead of the cell's; negative when it is behind. */
  default long aheadMillis() {
    return 0;
  }

  /** Takes this node out. */
  Future<Void> leave();
}
