package io.mainstem.app;

import io.mainstem.store.DirectoryStore;
import io.mainstem.store.DirectoryStore.Key;
import io.mainstem.store.DirectoryStore.Table;
import io.vertx.core.Future;
import java.security.SecureRandom;

/** Random bytes that all nodes of a cell share; made by the first of them. */
final class SharedSecret {
  private static final Key KEY = new Key(Table.SECRET, "http", "");
  private static final int BYTES = 32;

  private SharedSecret() {}

  static Future<byte[]> of(DirectoryStore store) {
    return store
        .get(KEY)
        .compose(
            row -> {
              if (row != null) {
                return Future.succeededFuture(row.value());
              }
              byte[] fresh = new byte[BYTES];
              new SecureRandom().nextBytes(fresh);
              // Another node that writes at the same time may win: then it is read.
              return store.write(KEY, DirectoryStore.ABSENT, fresh).compose(written -> of(store));
            });
  }
}
