package io.mainstem.store.rocksdb;

import io.mainstem.config.Config;
import io.mainstem.store.DirectoryStore;
import io.mainstem.store.DirectoryStoreContract;
import io.mainstem.store.StageMeter;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class RocksDirectoryStoreTest extends DirectoryStoreContract {
  @TempDir Path data;

  private RocksDatabase database;

  @Override
  protected DirectoryStore open() {
    database = RocksDatabase.open(data, Config.defaults().store(), StageMeter.NONE);
    return new RocksDirectoryStore(database);
  }

  @Override
  protected void close() {
    database.close();
  }
}
