package io.mainstem.message;

import org.infinispan.protostream.annotations.Proto;

/**
 * A conversation's id in one mailbox: made once, never computed again. 1–64 characters of {@code
 * [a-z0-9-]}.
 */
@Proto
public record ThreadId(String value) implements Comparable<ThreadId> {
  public ThreadId {
    if (!Names.isId(value)) {
      throw new IllegalArgumentException("a thread id has 1 to 64 characters of a-z, 0-9 and -");
    }
  }

  @Override
  public int compareTo(ThreadId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
