package io.mainstem.config;

/**
 * What holds raw mail and attachments: volumes on the local disk, or an object store.
 *
 * @param kind where blobs are; the settings of volumes mean nothing to an object store
 * @param volumeBytes a volume is closed at this size
 * @param partBytes what one disk read brings at most, and what one blob being written holds in
 *     memory
 * @param bufferBytes what all blobs being written hold in memory
 * @param maxBlobBytes a longer blob is refused
 * @param maxWriters blobs being written at once
 * @param queue changes of references and erasures that may wait
 * @param readThreads disk reads at once
 * @param reserveBytes blobs are refused when the disk has less room than this
 * @param unreferencedSeconds how old a blob without reference must be before it is reclaimed
 * @param sweepSeconds pause between two searches for such blobs
 * @param compactGarbagePercent the share of garbage from which a volume is compacted
 * @param serveDamaged start in spite of damaged volumes; what is in the damage cannot be read
 */
public record Blob(
    @Default("local") Kind kind,
    @Default("256m") @Range(min = 1 << 20, max = 32L << 30) long volumeBytes,
    @Default("256k") @Range(min = 4096, max = 512 << 10) int partBytes,
    @Default("16m") @Range(min = 1 << 20, max = 16L << 30) long bufferBytes,
    @Default("128m") @Range(min = 65_536, max = 2L << 30) long maxBlobBytes,
    @Default("256") @Range(min = 1, max = 100_000) int maxWriters,
    @Default("4096") @Range(min = 1, max = 1_000_000) int queue,
    @Default("4") @Range(min = 1, max = 1024) int readThreads,
    @Default("64m") @Range(max = 1L << 40) long reserveBytes,
    @Default("86400") @Range(min = 1, max = 31_536_000) long unreferencedSeconds,
    @Default("3600") @Range(min = 1, max = 31_536_000) long sweepSeconds,
    @Default("50") @Range(min = 1, max = 99) int compactGarbagePercent,
    @Default("false") boolean serveDamaged,
    S3 s3) {

  public Blob {
    if (kind == Kind.S3) {
      s3.check();
    }
  }

  /** Where blobs are. */
  public enum Kind {
    LOCAL,
    S3
  }
}
