package io.mainstem.blob;

import java.util.HashMap;
import java.util.Map;

/** How many bytes of each volume blobs still need. */
final class LivingBytes {
  private final Map<Integer, Long> byVolume = new HashMap<>();

  void add(long location, long bytes) {
    byVolume.merge(Location.volume(location), bytes, Long::sum);
  }

  long of(Volume volume) {
    return byVolume.getOrDefault(volume.number, 0L);
  }
}
