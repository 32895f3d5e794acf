package io.mainstem.cell;

/**
 * What a node tells the others of itself.
 *
 * @param name its configured name, unique in the cell
 * @param host and {@code port}: where other nodes reach its wire
 * @param tokens its weight in the ring
 * @param level the highest feature level that it can read
 * @param incarnation under which it stands in the store
 * @param store names the store that it uses: all nodes of a cell share one
 * @param held how many partitions it holds
 */
public record NodeCard(
    String name,
    String host,
    int port,
    int tokens,
    String version,
    int level,
    long incarnation,
    String store,
    State state,
    int held) {

  /** Whether a node takes part in the ring. */
  public enum State {
    /** It is there, and takes nothing yet. */
    JOINING,
    /** It holds its share. */
    SERVING,
    /** It gives away what it holds, and takes nothing. */
    DRAINING
  }

  NodeCard with(State newState) {
    return new NodeCard(
        name, host, port, tokens, version, level, incarnation, store, newState, held);
  }

  NodeCard with(long newIncarnation) {
    return new NodeCard(
        name, host, port, tokens, version, level, newIncarnation, store, state, held);
  }

  NodeCard holding(int partitions) {
    return new NodeCard(
        name, host, port, tokens, version, level, incarnation, store, state, partitions);
  }
}
