package io.mainstem.message;

import org.infinispan.protostream.annotations.Proto;

/**
 * The stable id of a person with an account here; it never changes and is never used for another.
 * ASCII, 1–64 characters of {@code [a-z0-9-]}.
 */
@Proto
public record UserId(String value) implements Comparable<UserId> {
  public UserId {
    if (!Names.isId(value)) {
      throw new IllegalArgumentException("a user id has 1 to 64 characters of a-z, 0-9 and -");
    }
  }

  @Override
  public int compareTo(UserId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
