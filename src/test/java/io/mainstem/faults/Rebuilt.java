package io.mainstem.faults;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.mailbox.Codec;
import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Mailbox;
import io.mainstem.mailbox.StoredObject;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksMailboxStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Replays every log of a data directory from its beginning and compares the objects with those that
 * the program had saved.
 */
final class Rebuilt {
  private static final int PAGE = 500;

  private Rebuilt() {}

  static void assertIdentical(Path data) throws Exception {
    Config config = Config.defaults();
    int mailboxes = 0;
    try (var database = RocksDatabase.open(data, config.store(), StageMeter.NONE)) {
      var store = new RocksMailboxStore(database);
      for (int partition = 0; partition < config.store().partitions(); partition++) {
        UserId after = null;
        List<MailboxStore.Mailbox> page;
        do {
          page = Mailboxes.await(store.mailboxes(partition, after, PAGE));
          for (MailboxStore.Mailbox mailbox : page) {
            compare(store, mailbox);
            mailboxes++;
            after = mailbox.user();
          }
        } while (!page.isEmpty());
      }
    }
    assertTrue(mailboxes > 0, "there are mailboxes to compare");
  }

  private static void compare(MailboxStore store, MailboxStore.Mailbox mailbox) throws Exception {
    var objects = new TreeMap<String, StoredObject>();
    long after = 0;
    MailboxStore.Rows rows;
    do {
      rows = Mailboxes.await(store.read(mailbox, after, PAGE));
      for (MailboxStore.Row row : rows.rows()) {
        Entry entry = Codec.decode(row.entry(), row.body());
        for (String key : Mailbox.touches(entry)) {
          StoredObject object = Mailbox.apply(key, objects.get(key), entry);
          if (object == null) {
            objects.remove(key);
          } else {
            objects.put(key, object);
          }
        }
        after = row.last();
      }
    } while (rows.more());
    var keys = new ArrayList<String>();
    List<String> page;
    do {
      page = Mailboxes.await(store.scan(mailbox, "", keys.isEmpty() ? null : keys.getLast(), PAGE));
      keys.addAll(page);
    } while (!page.isEmpty());
    // How far the host had saved: its own note, not a part of the mailbox.
    keys.removeIf(key -> key.startsWith("host/"));
    assertEquals(objects.keySet(), new TreeSet<>(keys), "objects of " + mailbox.user());
    for (String key : keys) {
      byte[] saved = Mailboxes.await(store.objects(mailbox, List.of(key))).get(key);
      assertArrayEquals(Codec.encodeObject(objects.get(key)), saved, key + " of " + mailbox.user());
    }
  }
}
