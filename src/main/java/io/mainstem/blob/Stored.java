package io.mainstem.blob;

import java.util.Arrays;

/**
 * What the catalog knows of a blob.
 *
 * @param locations of its parts, see {@link Location}
 * @param ends where each part ends in the blob
 * @param references hashes of who needs it
 */
record Stored(long cookie, long[] locations, long[] ends, long[] references) {
  static final long[] NONE = {};
  private static final long REFERENCE_BYTES = Needle.storedBytes(40);

  long sizeBytes() {
    return ends[ends.length - 1];
  }

  int partLength(int part) {
    return (int) (ends[part] - start(part));
  }

  long start(int part) {
    return part == 0 ? 0 : ends[part - 1];
  }

  /** The part that holds the byte number {@code at}, which lies within the blob. */
  int partAt(long at) {
    int found = Arrays.binarySearch(ends, at);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /** A reference's needle is counted beside the first part, where it most likely stands. */
  void countLiving(LivingBytes living) {
    for (int part = 0; part < locations.length; part++) {
      living.add(locations[part], Needle.storedBytes(partLength(part)));
    }
    if (locations.length > 0) {
      living.add(locations[0], references.length * REFERENCE_BYTES);
    }
  }

  Stored withLocation(int part, long location) {
    long[] moved = locations.clone();
    moved[part] = location;
    return new Stored(cookie, moved, ends, references);
  }

  Stored withReference(long hash) {
    return new Stored(cookie, locations, ends, plus(references, hash));
  }

  Stored withoutReference(long hash) {
    return new Stored(cookie, locations, ends, minus(references, hash));
  }

  boolean isReferredBy(long hash) {
    return contains(references, hash);
  }

  static boolean contains(long[] hashes, long hash) {
    for (long one : hashes) {
      if (one == hash) {
        return true;
      }
    }
    return false;
  }

  static long[] plus(long[] hashes, long hash) {
    if (contains(hashes, hash)) {
      return hashes;
    }
    long[] more = Arrays.copyOf(hashes, hashes.length + 1);
    more[hashes.length] = hash;
    return more;
  }

  static long[] minus(long[] hashes, long hash) {
    return contains(hashes, hash)
        ? Arrays.stream(hashes).filter(one -> one != hash).toArray()
        : hashes;
  }
}
