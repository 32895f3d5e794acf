package io.mainstem.store;

import io.mainstem.message.UserId;

/** The logical partition of a user: part of what is stored, so it never changes. */
public final class Partition {
  /**
   * How many logical partitions a cell has when nothing else is configured; fixed when its store is
   * made.
   */
  public static final int COUNT = 1024;

  private Partition() {}

  public static int of(UserId user) {
    return of(user, COUNT);
  }

  /** FNV-1a over the id's ASCII characters, mixed so that all bits count, modulo {@code count}. */
  public static int of(UserId user, int count) {
    String id = user.value();
    int hash = 0x811c9dc5;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x01000193;
    }
    hash = (hash ^ hash >>> 16) * 0x85ebca6b;
    hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
    return Integer.remainderUnsigned(hash ^ hash >>> 16, count);
  }
}
