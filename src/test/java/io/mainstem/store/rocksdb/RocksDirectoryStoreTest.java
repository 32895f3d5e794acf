package io.mainstem.store.rocksdb;

import io.mainstem.store.DirectoryStore;
import io.mainstem.store.DirectoryStoreContract;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;

class RocksDirectoryStoreTest extends DirectoryStoreContract {
  @TempDir Path data;

  private RocksDB db;
  private List<ColumnFamilyHandle> families;
  private RocksDirectoryStore store;

  @Override
  protected DirectoryStore open() throws Exception {
    families = new ArrayList<>();
    try (var options =
        new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true)) {
      db =
          RocksDB.open(
              options,
              data.toString(),
              List.of(
                  new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY),
                  new ColumnFamilyDescriptor("directory".getBytes(StandardCharsets.UTF_8))),
              families);
    }
    store = new RocksDirectoryStore(db, families.get(1), 1024);
    return store;
  }

  @Override
  protected void close() {
    store.close();
    families.forEach(ColumnFamilyHandle::close);
    db.close();
  }
}
