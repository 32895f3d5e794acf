package io.mainstem.blob;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Bounds of a {@link NeedleBlobStore}.
 *
 * @param directory where the volumes lie; made when it is missing
 * @param volumeBytes a volume is closed when it would grow beyond this
 * @param partBytes largest part of a blob: what a writer holds in memory, and what one disk read
 *     brings
 * @param bufferBytes what all writers together hold in memory before they write shorter parts
 * @param writers blobs being written at once; more are refused as BUSY
 * @param queue changes of references and erasures that wait at once; more are refused as BUSY
 * @param maxBlobBytes a longer blob is refused as TOO_LARGE
 * @param readThreads disk reads at once for {@link BlobStore#get}
 * @param reserveBytes blobs are refused when the disk has less room than this; compaction may use
 *     it
 * @param garbageShare a closed volume is compacted when this share of it is no longer needed
 * @param indexEveryBytes how much of the newest volume a start after a crash reads at most
 * @param unreferencedFor how long a blob may stay without a reference before it is swept
 * @param keepEvery how often unreferenced blobs are looked for and volumes compacted
 * @param serveDamaged start in spite of damaged volumes; the blobs in the damage answer with an
 *     error
 */
public record BlobSettings(
    Path directory,
    long volumeBytes,
    int partBytes,
    long bufferBytes,
    int writers,
    int queue,
    long maxBlobBytes,
    int readThreads,
    long reserveBytes,
    double garbageShare,
    long indexEveryBytes,
    Duration unreferencedFor,
    Duration keepEvery,
    boolean serveDamaged) {
  public BlobSettings {
    require(
        volumeBytes >= 4096 && volumeBytes <= Location.MAX_VOLUME_BYTES,
        "volumeBytes",
        "4 KiB to 256 GiB");
    require(
        partBytes >= 8 && partBytes <= 16 << 20 && partBytes <= volumeBytes / 2,
        "partBytes",
        "8 bytes to 16 MiB, at most half a volume");
    require(bufferBytes >= partBytes, "bufferBytes", "at least partBytes");
    require(writers >= 1 && writers <= 1 << 20, "writers", "1 to 1048576");
    require(queue >= 1, "queue", "1 or more");
    require(maxBlobBytes >= 1, "maxBlobBytes", "1 or more");
    require(readThreads >= 1 && readThreads <= 1024, "readThreads", "1 to 1024");
    require(reserveBytes >= 0, "reserveBytes", "0 or more");
    require(garbageShare > 0 && garbageShare <= 1, "garbageShare", "above 0, at most 1");
    require(!keepEvery.isNegative() && !keepEvery.isZero(), "keepEvery", "above 0");
    require(!unreferencedFor.isNegative(), "unreferencedFor", "0 or more");
    require(indexEveryBytes >= 1, "indexEveryBytes", "1 or more");
  }

  public static BlobSettings in(Path directory) {
    return new BlobSettings(
        directory,
        256 << 20,
        256 << 10,
        16 << 20,
        1024,
        4096,
        1L << 30,
        4,
        64 << 20,
        0.5,
        32 << 20,
        Duration.ofDays(1),
        Duration.ofMinutes(1),
        false);
  }

  private static void require(boolean holds, String key, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException("blob." + key + " must be " + allowed);
    }
  }
}
