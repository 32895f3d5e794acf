package io.mainstem.store.cassandra;

/**
 * A partition that an incarnation of this process took. It is open until the partition is given
 * back, taken again, or lost; from then on nothing is acknowledged under its epoch, whatever comes
 * of the transaction that ended it. Confined to the turns.
 */
final class Grant {
  private final int partition;
  private final long incarnation;
  private final long epoch;
  private final long since;
  private boolean open = true;

  /**
   * @param since the first epoch of the row of epochs, this one the last, under which the
   *     incarnation has held the partition with nobody between
   */
  Grant(int partition, long incarnation, long epoch, long since) {
    this.partition = partition;
    this.incarnation = incarnation;
    this.epoch = epoch;
    this.since = since;
  }

  int partition() {
    return partition;
  }

  long incarnation() {
    return incarnation;
  }

  long epoch() {
    return epoch;
  }

  long since() {
    return since;
  }

  boolean isOpen() {
    return open;
  }

  void close() {
    open = false;
  }

  /** Whether nobody else can have held the partition between that grant and this one. */
  boolean follows(Grant earlier) {
    return incarnation == earlier.incarnation && since <= earlier.epoch;
  }
}
