package io.mainstem.blob;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The volumes of a directory, and what a start makes of them. Changed by the committer; looked up
 * by anybody.
 */
final class Volumes {
  private static final Logger log = LoggerFactory.getLogger(Volumes.class);

  private static final int MAX_DAMAGE = 1_000;

  private final BlobSettings settings;
  private final VolumeFiles files;
  private final Catalog catalog;
  private final SecureRandom random = new SecureRandom();
  private final ConcurrentSkipListMap<Integer, Volume> open = new ConcurrentSkipListMap<>();
  private final List<DamagedBlob> damage = Collections.synchronizedList(new ArrayList<>());
  private int newest;
  private @Nullable Volume tail;
  private @Nullable VolumeIndex tailIndex;

  Volumes(BlobSettings settings, VolumeFiles files, Catalog catalog) {
    this.settings = settings;
    this.files = files;
    this.catalog = catalog;
  }

  @Nullable Volume get(int number) {
    return open.get(number);
  }

  Collection<Volume> all() {
    return open.values();
  }

  boolean isNewest(Volume volume) {
    return !open.isEmpty() && open.lastKey() == volume.number;
  }

  boolean isDamaged(Volume volume) {
    return damage.stream().anyMatch(found -> found.file().equals(volume.file));
  }

  boolean isOldest(Volume volume) {
    return !open.isEmpty() && open.firstKey() == volume.number;
  }

  List<DamagedBlob> damage() {
    return List.copyOf(damage);
  }

  void onDamage(DamagedBlob found) {
    boolean known =
        damage.stream()
            .anyMatch(one -> one.file().equals(found.file()) && one.offset() == found.offset());
    if (!known && damage.size() < MAX_DAMAGE) {
      damage.add(found);
      log.error("{}", found.getMessage());
    }
  }

  /** The newest volume, when a start found it whole; null when the next blob needs a new one. */
  @Nullable Volume tail() {
    return tail;
  }

  @Nullable VolumeIndex tailIndex() {
    return tailIndex;
  }

  Volume create() throws IOException {
    if (newest >= Location.MAX_VOLUME) {
      throw new IOException("no volume numbers are left");
    }
    Volume volume = Volume.create(settings.directory(), newest + 1, random.nextLong(), files);
    newest++;
    open.put(volume.number, volume);
    return volume;
  }

  /** No blob has a part in it any more; its file is still to be retired. */
  void remove(Volume volume) {
    open.remove(volume.number);
  }

  /** Opens what is there, in order, and replays it into the catalog. */
  void recover() throws IOException {
    Files.createDirectories(settings.directory());
    for (Path file : volumeFiles()) {
      int number = Integer.parseInt(file.getFileName().toString().substring(0, 6));
      newest = Math.max(newest, number);
      Volume volume = Volume.open(file, number, files);
      if (volume == null) {
        log.warn("{} was never finished; it is taken away", file);
        Files.delete(file);
        continue;
      }
      open.put(number, volume);
      tail = null;
      recover(volume);
    }
    int missing = catalog.endReplay();
    if (missing > 0) {
      log.error("{} blobs miss a part; reading them fails", missing);
    }
  }

  private void recover(Volume volume) throws IOException {
    volume.sync(); // what a crashed process left in the page cache becomes durable before anybody
    // builds on it
    VolumeScan.Sink replay =
        (offset, needle, payload) -> catalog.replay(volume.number, offset, needle);
    VolumeIndex index = VolumeIndex.open(volume, replay);
    long at = index.covered();
    boolean damaged = false;
    if (at > volume.length) {
      onDamaged(
          new DamagedBlob(
              volume.file,
              volume.length,
              "it is shorter than the " + at + " bytes that its index lists"));
      return;
    }
    VolumeScan scan = new VolumeScan(volume, volume.length);
    while (true) {
      VolumeScan.End end =
          scan.run(
              at,
              (offset, needle, payload) -> {
                replay.onNeedle(offset, needle, payload);
                index.add(offset, needle);
              });
      switch (end) {
        case VolumeScan.End.Whole whole -> {
          if (!damaged) {
            onWhole(volume, index);
          }
          return;
        }
        case VolumeScan.End.Torn torn -> {
          log.warn(
              "{} ends in {} bytes that were never acknowledged; they are cut off at {}",
              volume.file,
              volume.length - torn.at(),
              torn.at());
          volume.truncate(torn.at());
          volume.sync();
          if (!damaged) {
            onWhole(volume, index);
          }
          return;
        }
        case VolumeScan.End.Damage found -> {
          onDamaged(
              new DamagedBlob(
                  volume.file,
                  found.at(),
                  "the needle there does not check; the next that does is at " + found.next()));
          damaged = true;
          at = found.next();
        }
      }
    }
  }

  /**
   * What an index covers is not read again; so a damaged volume gets none, and its damage shows at
   * every start.
   */
  private void onWhole(Volume volume, VolumeIndex index) throws IOException {
    index.flush(volume.length);
    tail = volume;
    tailIndex = index;
  }

  private void onDamaged(DamagedBlob found) {
    onDamage(found);
    if (!settings.serveDamaged()) {
      throw found.withAdvice();
    }
  }

  private List<Path> volumeFiles() throws IOException {
    try (Stream<Path> found = Files.list(settings.directory())) {
      return found
          .filter(file -> file.getFileName().toString().matches("\\d{6}\\.volume"))
          .sorted()
          .toList();
    }
  }

  void close() throws IOException {
    for (Volume volume : open.values()) {
      volume.close();
    }
  }
}
