package io.mainstem.app;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.DirectoryStore;
import io.mainstem.store.DirectoryStore.Key;
import io.mainstem.store.DirectoryStore.Table;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * All cells of a directory keep their blobs in one object store: a log that moves to another cell
 * names blobs by keys, and a message to a user there brings only keys. The first node leaves a mark
 * in the object store and names it in the directory; who does not find it there is refused, before
 * he takes in what others could not read.
 */
final class OneObjectStore {
  private static final Key MARK = new Key(Table.SECRET, "blobs", "");
  private static final BlobReference MARKED = new BlobReference(new UserId("mark-of-the-cells"), 1);

  private OneObjectStore() {}

  /** Fails with a {@link StartFailure} when this node's object store is another. */
  static Future<Void> check(DirectoryStore directory, BlobStore blobs) {
    return directory
        .get(MARK)
        .compose(
            row ->
                row == null
                    ? mark(directory, blobs)
                    : find(blobs, new BlobKey(new String(row.value(), StandardCharsets.US_ASCII))));
  }

  private static Future<Void> mark(DirectoryStore directory, BlobStore blobs) {
    return blobs
        .create()
        .compose(
            writer ->
                writer
                    .write(Buffer.buffer("The cells of one directory share this object store.\n"))
                    .compose(written -> writer.commit(List.of(MARKED))))
        .compose(
            key ->
                directory
                    .write(
                        MARK,
                        DirectoryStore.ABSENT,
                        key.value().getBytes(StandardCharsets.US_ASCII))
                    .compose(
                        // Another node may have been faster: its mark counts.
                        named -> named ? Future.succeededFuture() : blobs.release(key, MARKED)))
        .compose(done -> check(directory, blobs));
  }

  private static Future<Void> find(BlobStore blobs, BlobKey key) {
    return blobs
        .sizeBytes(key)
        .<Void>mapEmpty()
        .recover(
            cause ->
                Future.failedFuture(
                    cause instanceof Rejected refused && refused.rule() == Rejected.Rule.NOT_FOUND
                        ? new StartFailure(
                            "The object store is not that of the other cells of this directory:"
                                + " attachments would be lost when users move, and unreadable when"
                                + " they write to one another. Set blob.s3.endpoint, bucket and"
                                + " prefix as they are there.",
                            cause)
                        : cause));
  }
}
