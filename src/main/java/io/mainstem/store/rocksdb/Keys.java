package io.mainstem.store.rocksdb;

import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.Partition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of keys; the layout stands in the package's description. */
final class Keys {
  private final int partitions;

  Keys(int partitions) {
    this.partitions = partitions;
  }

  int partition(UserId user) {
    return Partition.of(user, partitions);
  }

  /** The prefix of all that belongs to a mailbox. */
  byte[] mailbox(Mailbox mailbox) {
    return prefix(mailbox, 0);
  }

  /** A row of the log, and of its body. */
  byte[] row(Mailbox mailbox, long seq, long epoch) {
    byte[] key = prefix(mailbox, 16);
    ByteBuffer.wrap(key, key.length - 16, 16).putLong(seq).putLong(epoch);
    return key;
  }

  byte[] fence(Mailbox mailbox, long epoch) {
    byte[] key = prefix(mailbox, 8);
    ByteBuffer.wrap(key, key.length - 8, 8).putLong(epoch);
    return key;
  }

  byte[] object(Mailbox mailbox, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    byte[] key = prefix(mailbox, bytes.length);
    System.arraycopy(bytes, 0, key, key.length - bytes.length, bytes.length);
    return key;
  }

  /**
   * Where a walk over a partition's users begins: after all of {@code after}'s keys, or at the
   * partition's first key.
   */
  byte[] afterUser(int partition, @org.jspecify.annotations.Nullable UserId after) {
    byte[] user = after == null ? new byte[0] : after.value().getBytes(StandardCharsets.US_ASCII);
    var key =
        ByteBuffer.allocate(2 + user.length + (after == null ? 0 : 1))
            .putShort((short) partition)
            .put(user);
    if (after != null) {
      key.put((byte) 1);
    }
    return key.array();
  }

  static boolean isOfPartition(byte[] key, int partition) {
    return ByteBuffer.wrap(key).getShort() == (short) partition;
  }

  /** The mailbox that a key belongs to. */
  static Mailbox mailboxOf(byte[] key) {
    int end = 2;
    while (key[end] != 0) {
      end++;
    }
    var user = new UserId(new String(key, 2, end - 2, StandardCharsets.US_ASCII));
    return new Mailbox(user, ByteBuffer.wrap(key, end + 1, 4).getInt());
  }

  static long seqOf(byte[] rowKey) {
    return ByteBuffer.wrap(rowKey, rowKey.length - 16, 8).getLong();
  }

  /** The last eight bytes of the key of a row or a fence. */
  static long epochOf(byte[] key) {
    return ByteBuffer.wrap(key, key.length - 8, 8).getLong();
  }

  static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** The first key after all that begin with this prefix. */
  static byte[] end(byte[] prefix) {
    byte[] end = prefix.clone();
    for (int i = end.length - 1; i >= 0; i--) {
      if (++end[i] != 0) {
        return Arrays.copyOf(end, i + 1);
      }
    }
    return new byte[] {-1, -1, -1, -1, -1, -1, -1, -1};
  }

  private byte[] prefix(Mailbox mailbox, int more) {
    String user = mailbox.user().value();
    int length = user.length();
    byte[] key = new byte[2 + length + 5 + more];
    int partition = partition(mailbox.user());
    key[0] = (byte) (partition >>> 8);
    key[1] = (byte) partition;
    for (int i = 0; i < length; i++) {
      key[2 + i] = (byte) user.charAt(i);
    }
    int generation = mailbox.generation();
    key[length + 3] = (byte) (generation >>> 24);
    key[length + 4] = (byte) (generation >>> 16);
    key[length + 5] = (byte) (generation >>> 8);
    key[length + 6] = (byte) generation;
    return key;
  }
}
