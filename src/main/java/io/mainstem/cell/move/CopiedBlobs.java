package io.mainstem.cell.move;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.mailbox.Codec;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Rejected;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The copy of a log names the same blobs: its references are durable before its entries are. */
final class CopiedBlobs {
  private CopiedBlobs() {}

  static Future<Void> refer(BlobStore blobs, Mailbox copy, List<Row> rows) {
    Set<BlobKey> keys = new LinkedHashSet<>();
    for (Row row : rows) {
      byte[] body = row.body();
      if (body != null) {
        keys.addAll(io.mainstem.mailbox.Mailbox.blobs(Codec.decode(row.entry(), body)));
      }
    }
    var reference = List.of(new BlobReference(copy.user(), copy.generation()));
    var referring = new ArrayList<Future<Void>>();
    keys.forEach(key -> referring.add(referIfThere(blobs, key, reference)));
    return Future.join(referring).mapEmpty();
  }

  /** A blob that was erased meanwhile is not missed by the copy either. */
  private static Future<Void> referIfThere(
      BlobStore blobs, BlobKey key, List<BlobReference> reference) {
    return blobs
        .refer(key, reference)
        .recover(
            cause ->
                cause instanceof Rejected refused && refused.rule() == Rejected.Rule.NOT_FOUND
                    ? Future.succeededFuture()
                    : Future.failedFuture(cause));
  }
}
