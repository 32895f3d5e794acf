package io.mainstem.app;

import io.mainstem.blob.BlobSettings;
import io.mainstem.blob.BlobStore;
import io.mainstem.blob.NeedleBlobStore;
import io.mainstem.blob.s3.S3BlobStore;
import io.mainstem.blob.s3.S3Settings;
import io.mainstem.config.Blob;
import io.mainstem.stage.Stages;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** Opens the blob store that is configured; of the others no class is loaded. */
final class Blobs {
  private static final long INDEX_EVERY_BYTES = 32L << 20;

  private Blobs() {}

  /** Blocks until it is open. */
  static BlobStore open(Vertx vertx, Path data, Blob config, Stages stages) {
    return switch (config.kind()) {
      case LOCAL -> Volumes.open(vertx, data, config, stages);
      case S3 -> ObjectStore.open(vertx, config, stages);
    };
  }

  /** On the local disk. */
  private static final class Volumes {
    static BlobStore open(Vertx vertx, Path data, Blob config, Stages stages) {
      try {
        return NeedleBlobStore.open(vertx, settings(data, config), stages);
      } catch (IOException | RuntimeException e) {
        throw new StartFailure(
            "The blobs in %s cannot be used: %s".formatted(data.resolve("blob"), e.getMessage()),
            e);
      }
    }

    private static BlobSettings settings(Path data, Blob config) {
      return new BlobSettings(
          data.resolve("blob"),
          config.volumeBytes(),
          config.partBytes(),
          config.bufferBytes(),
          config.maxWriters(),
          config.queue(),
          config.maxBlobBytes(),
          config.readThreads(),
          config.reserveBytes(),
          config.compactGarbagePercent() / 100.0,
          INDEX_EVERY_BYTES,
          Duration.ofSeconds(config.unreferencedSeconds()),
          Duration.ofSeconds(config.sweepSeconds()),
          config.serveDamaged());
    }
  }

  /** In an object store. */
  private static final class ObjectStore {
    static BlobStore open(Vertx vertx, Blob config, Stages stages) {
      try {
        return S3BlobStore.open(vertx, settings(config), Clock.systemUTC(), stages);
      } catch (IOException e) {
        throw new StartFailure("The object store cannot be used: " + e.getMessage(), e);
      }
    }

    private static S3Settings settings(Blob config) {
      var s3 = config.s3();
      return new S3Settings(
          URI.create(s3.endpoint()),
          s3.region(),
          s3.bucket(),
          s3.prefix(),
          new S3Settings.Credentials(s3.accessKey(), s3.secretKey()),
          s3.pathStyle(),
          s3.maxRequests(),
          s3.queue(),
          s3.attempts(),
          Duration.ofSeconds(s3.requestSeconds()),
          config.maxWriters(),
          config.maxBlobBytes(),
          s3.bufferBytes(),
          S3Settings.BLOCK_BYTES,
          S3Settings.PART_BLOCKS,
          S3Settings.READ_BLOCKS,
          Duration.ofSeconds(config.unreferencedSeconds()),
          Duration.ofSeconds(config.sweepSeconds()));
    }
  }
}
