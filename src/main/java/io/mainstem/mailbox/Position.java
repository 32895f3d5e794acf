package io.mainstem.mailbox;

import io.mainstem.message.Hlc;
import org.infinispan.protostream.annotations.Proto;

/**
 * A place in the display order: by stamp, then by id (a message id, or a thread id in lists of
 * threads).
 */
@Proto
public record Position(Hlc stamp, String id) implements Comparable<Position> {
  @Override
  public int compareTo(Position other) {
    int c = stamp.compareTo(other.stamp);
    return c != 0 ? c : id.compareTo(other.id);
  }
}
