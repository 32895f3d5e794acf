package io.mainstem.mailbox;

import org.infinispan.protostream.annotations.Proto;

/**
 * How far somebody has seen: the last sequence number of one generation of the log.
 *
 * @param generation 0 together with seq 0 means "from the beginning of whatever there is"
 */
@Proto
public record Cursor(int generation, long seq) {
  public Cursor {
    if (generation < 0 || seq < 0) {
      throw new IllegalArgumentException("a cursor has no negative part");
    }
  }
}
