package io.mainstem.mailbox;

import org.infinispan.protostream.annotations.Proto;

/** UIDs {@code from} to {@code to}, both included (RFC 9051 §9 uid-range). */
@Proto
public record UidRange(int from, int to) {
  public int size() {
    return to - from + 1;
  }

  public boolean holds(int uid) {
    return uid >= from && uid <= to;
  }
}
