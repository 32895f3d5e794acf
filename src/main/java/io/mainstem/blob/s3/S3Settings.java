package io.mainstem.blob.s3;

import java.net.URI;
import java.time.Duration;

/**
 * Where the object store is, and the bounds of an {@link S3BlobStore}.
 *
 * @param endpoint scheme, host and port
 * @param region as the object store's signature wants it
 * @param prefix before every name, so that cells may share a bucket; empty or ending with a slash
 * @param pathStyle whether the bucket stands in the path, rather than before the host's name
 * @param requests requests under way at once
 * @param queue requests that may wait for that; more are refused as BUSY
 * @param attempts tries of one request before it has failed
 * @param requestTimeout of one try
 * @param writers blobs being written at once; more are refused as BUSY
 * @param maxBlobBytes a longer blob is refused as TOO_LARGE
 * @param bufferBytes what all writers hold in memory; a writer that needs more is refused as BUSY
 * @param blockBytes bytes under one checksum; part of the format, so never change it for a bucket
 * @param partBlocks blocks of one part of an upload of several; S3 wants 5 MiB or more
 * @param readBlocks blocks that one request brings at most
 * @param unreferencedFor how long a blob may stay without a reference before it is swept
 * @param sweepEvery how often a node looks whether a sweep is due
 */
public record S3Settings(
    URI endpoint,
    String region,
    String bucket,
    String prefix,
    Credentials credentials,
    boolean pathStyle,
    int requests,
    int queue,
    int attempts,
    Duration requestTimeout,
    int writers,
    long maxBlobBytes,
    long bufferBytes,
    int blockBytes,
    int partBlocks,
    int readBlocks,
    Duration unreferencedFor,
    Duration sweepEvery) {
  /** The block of every bucket; another is for tests only. */
  public static final int BLOCK_BYTES = 64 << 10;

  /** 80 blocks are the fewest that reach 5 MiB. */
  public static final int PART_BLOCKS = 80;

  public static final int READ_BLOCKS = 16;

  /** Who signs the requests. Its text holds no secret. */
  public record Credentials(String accessKey, String secretKey) {
    @Override
    public String toString() {
      return "Credentials[" + accessKey + "]";
    }
  }

  /** Scheme, host, port and path of an object; both parts are encoded already. */
  URI uri(String encodedName, String encodedQuery) {
    String authority = endpoint.getRawAuthority();
    String base =
        pathStyle
            ? endpoint.getScheme() + "://" + authority + "/" + bucket
            : endpoint.getScheme() + "://" + bucket + "." + authority;
    return URI.create(
        base + "/" + encodedName + (encodedQuery.isEmpty() ? "" : "?" + encodedQuery));
  }
}
