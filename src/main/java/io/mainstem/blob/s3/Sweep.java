package io.mainstem.blob.s3;

import io.mainstem.blob.s3.Listing.Item;
import io.mainstem.message.BlobKey;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One walk over the bucket: deletes blobs that nobody refers to, and tidies up what crashes left.
 * The objects of a blob stand together in the listing, its bytes first. Blocking; holds one page
 * and the objects of one blob in memory.
 */
final class Sweep {
  static final int PAGE = 1000;

  /** Nobody takes so long between its references and its bytes, or to condemn and delete. */
  static final Duration LEFT_BEHIND = Duration.ofHours(1);

  /** A sweeper that was held up for longer than this no longer trusts what it saw. */
  private static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** The most objects of one blob that are remembered; beyond it, it is referred to in any case. */
  private static final int MAX_REMEMBERED = 4096;

  private final Bucket bucket;
  private final Names names;
  private final Clock clock;
  private final String sweeper;
  private final Duration age;
  private int swept;

  Sweep(Bucket bucket, Names names, Clock clock, String sweeper, Duration age) {
    this.bucket = bucket;
    this.names = names;
    this.clock = clock;
    this.sweeper = sweeper;
    this.age = age;
  }

  /** An object of the blob in hand. */
  private record Seen(Names.Kind kind, Item item) {}

  /** Says how many blobs were deleted. */
  int run() {
    BlobKey current = null;
    List<Seen> seen = new ArrayList<>();
    String token = "";
    while (token != null) {
      Listing page = await(bucket.list(names.prefix(), PAGE, token)).listing();
      for (Item item : page.items()) {
        Optional<Names.Part> part = names.part(item.name());
        if (part.isEmpty()) {
          continue;
        }
        if (!part.get().key().equals(current)) {
          judge(current, seen);
          current = part.get().key();
          seen = new ArrayList<>();
        }
        if (seen.size() < MAX_REMEMBERED) {
          seen.add(new Seen(part.get().kind(), item));
        }
      }
      token = page.next();
    }
    judge(current, seen);
    abortUnfinished();
    return swept;
  }

  private void judge(@org.jspecify.annotations.Nullable BlobKey key, List<Seen> seen) {
    if (key == null) {
      return;
    }
    boolean referred = has(seen, Names.Kind.REFERENCE);
    for (Seen one : seen) {
      if (one.kind() == Names.Kind.CONDEMNED && isOlder(one.item().at(), LEFT_BEHIND)) {
        await(bucket.delete(one.item().name())); // by a sweeper that died over it
      }
    }
    if (has(seen, Names.Kind.BYTES)) {
      if (!referred && isOlder(Names.begun(key), age)) {
        delete(key);
      }
    } else if (seen.stream().allMatch(one -> isOlder(one.item().at(), LEFT_BEHIND))
        && await(bucket.sizeBytes(names.bytes(key))).isEmpty()) {
      seen.forEach(one -> await(bucket.delete(one.item().name())));
    }
  }

  /** Condemns, looks for references once more, and only then deletes. */
  private void delete(BlobKey key) {
    long from = System.nanoTime();
    String condemned = names.condemned(key, sweeper);
    await(bucket.put(condemned, List.of()));
    Listing now = await(bucket.list(names.all(key), PAGE, "")).listing();
    boolean referred =
        now.next() != null
            || now.items().stream()
                .flatMap(item -> names.part(item.name()).stream())
                .anyMatch(part -> part.kind() == Names.Kind.REFERENCE);
    if (!referred && System.nanoTime() - from < FRESH_NANOS) {
      await(bucket.delete(names.bytes(key)));
      swept++;
    }
    await(bucket.delete(condemned));
  }

  private void abortUnfinished() {
    Duration patience = age.compareTo(LEFT_BEHIND) > 0 ? age : LEFT_BEHIND;
    for (Item upload : await(bucket.unfinished(names.prefix())).items()) {
      if (isOlder(upload.at(), patience) && upload.uploadId() != null) {
        await(bucket.abort(upload.name(), Objects.requireNonNull(upload.uploadId())));
      }
    }
  }

  private boolean isOlder(Instant at, Duration than) {
    return at.isBefore(clock.instant().minus(than));
  }

  private static boolean has(List<Seen> seen, Names.Kind kind) {
    return seen.stream().anyMatch(one -> one.kind() == kind);
  }

  private static <T> T await(Future<T> answer) {
    try {
      return answer.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw S3BlobStore.refusal(Objects.requireNonNull(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the sweep was interrupted", e);
    }
  }
}
