package io.mainstem.blob;

/**
 * Where a needle lies, packed: volume number in the upper 28 bits, offset in units of 8 bytes in
 * the lower 36.
 */
final class Location {
  static final int MAX_VOLUME = 999_999;
  static final long MAX_VOLUME_BYTES = 1L << 38;

  private Location() {}

  static long of(int volume, long offset) {
    return (long) volume << 36 | offset >>> 3;
  }

  static int volume(long location) {
    return (int) (location >>> 36);
  }

  static long offset(long location) {
    return (location & (1L << 36) - 1) << 3;
  }
}
