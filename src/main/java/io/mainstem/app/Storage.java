package io.mainstem.app;

import io.mainstem.blob.BlobStore;
import io.mainstem.config.Config;
import io.mainstem.config.Mime;
import io.mainstem.mime.Mails;
import io.mainstem.mime.MimeLimits;
import io.mainstem.stage.Stages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;

/** Everything durable: logs and objects, the directory's rows, blobs and the mails in them. */
record Storage(Stores stores, BlobStore blobs, Mails mails) {
  /**
   * Opens all of it, off the event loops. Fails with a {@link StartFailure} that says what is
   * wrong, where, and what to do.
   */
  static Future<Storage> open(Vertx vertx, Path data, Config config, Stages stages) {
    return Stores.open(vertx, data, config, stages)
        .compose(
            stores ->
                vertx
                    .executeBlocking(() -> Blobs.open(vertx, data, config.blob(), stages), false)
                    .recover(
                        cause -> stores.close().transform(closed -> Future.failedFuture(cause)))
                    .map(
                        blobs ->
                            new Storage(
                                stores,
                                blobs,
                                new Mails(
                                    vertx,
                                    blobs,
                                    limits(config.mime()),
                                    config.mime().threads(),
                                    config.mime().queue(),
                                    stages))));
  }

  private static MimeLimits limits(Mime mime) {
    return new MimeLimits(
        mime.maxDepth(),
        mime.maxParts(),
        mime.maxHeaderBytes(),
        mime.maxFields(),
        mime.maxAddresses(),
        mime.maxTextBytes(),
        MimeLimits.DEFAULT.maxStructureChars());
  }

  Future<Void> close() {
    return blobs.close().eventually(stores::close);
  }
}
