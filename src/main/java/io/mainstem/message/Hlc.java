package io.mainstem.message;

import org.infinispan.protostream.annotations.Proto;

/**
 * A hybrid logical clock's stamp: milliseconds since 1970 in the upper 48 bits, a counter in the
 * lower 16 (Kulkarni et al., 2014). All participants of a conversation sort by (stamp, message id).
 */
@Proto
public record Hlc(long packed) implements Comparable<Hlc> {
  public static final Hlc ZERO = new Hlc(0);

  public static Hlc ofMillis(long millis) {
    return new Hlc(millis << 16);
  }

  public long millis() {
    return packed >>> 16;
  }

  /**
   * The next stamp of a clock that shows {@code this} at the physical time {@code nowMillis}: later
   * than both.
   */
  public Hlc next(long nowMillis) {
    return nowMillis > millis() ? ofMillis(nowMillis) : new Hlc(packed + 1);
  }

  public Hlc max(Hlc other) {
    return packed >= other.packed ? this : other;
  }

  @Override
  public int compareTo(Hlc other) {
    return Long.compareUnsigned(packed, other.packed);
  }
}
