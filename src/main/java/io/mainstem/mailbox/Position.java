package io.mainstem.mailbox;

import io.mainstem.message.Hlc;

/**
 * A place in the display order: by stamp, then by id (a message id, or a thread id in lists of
 * threads).
 */
public record Position(Hlc stamp, String id) implements Comparable<Position> {
  @Override
  public int compareTo(Position other) {
    int c = stamp.compareTo(other.stamp);
    return c != 0 ? c : id.compareTo(other.id);
  }
}
