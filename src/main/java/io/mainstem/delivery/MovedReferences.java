package io.mainstem.delivery;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.BlobKey;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;

/**
 * References of a recipient who went to another cell between his reference and his entry: the entry
 * stands in the new generation, and the reference was made for the old one, whose log names nothing
 * of it. Nobody would ever take it away, not even when the recipient erases the message.
 */
public final class MovedReferences {
  private MovedReferences() {}

  /**
   * Lets the references go where the entry is; until this completes the old ones hold the blobs.
   *
   * @param made the reference that was made before the entry
   */
  public static Future<Void> follow(
      BlobStore blobs, Collection<BlobKey> keys, BlobReference made, Reply.Delivered reply) {
    Integer said = reply.generation();
    int generation = said == null ? reply.cursor().generation() : said;
    if (generation == made.generation()) {
      return Future.succeededFuture();
    }
    var right = List.of(new BlobReference(made.user(), generation));
    Future<Void> followed = Future.succeededFuture();
    for (BlobKey key : keys) {
      followed =
          followed
              .compose(before -> blobs.refer(key, right))
              .compose(referred -> blobs.release(key, made));
    }
    return followed;
  }
}
