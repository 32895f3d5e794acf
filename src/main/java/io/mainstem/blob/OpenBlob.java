package io.mainstem.blob;

import io.mainstem.message.Rejected;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A blob whose last part is not stored yet. Confined to the committer. */
final class OpenBlob {
  final NeedleKey key;
  private long[] locations = Stored.NONE;
  private long[] ends = Stored.NONE;
  private @Nullable Rejected lost;

  OpenBlob(NeedleKey key) {
    this.key = key;
  }

  int parts() {
    return locations.length;
  }

  void add(long location, int length) {
    int count = locations.length;
    locations = Arrays.copyOf(locations, count + 1);
    locations[count] = location;
    ends = Arrays.copyOf(ends, count + 1);
    ends[count] = (count == 0 ? 0 : ends[count - 1]) + length;
  }

  boolean isAt(int part, long location) {
    return part < locations.length && locations[part] == location;
  }

  void move(int part, long location) {
    locations[part] = location;
  }

  /** Bytes that its parts take in each volume are still needed. */
  void countLiving(LivingBytes living) {
    new Stored(key.cookie(), locations, ends, Stored.NONE).countLiving(living);
  }

  /** The disk failed: parts in this volume from here on are gone. */
  void onLost(int volume, long from, Rejected reason) {
    for (long location : locations) {
      if (Location.volume(location) == volume && Location.offset(location) >= from) {
        lost = reason;
      }
    }
  }

  void checkWhole() {
    if (lost != null) {
      throw lost;
    }
  }

  Stored toStored(long[] references) {
    return new Stored(key.cookie(), locations, ends, references);
  }
}
