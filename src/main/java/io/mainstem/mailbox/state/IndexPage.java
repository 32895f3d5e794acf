package io.mainstem.mailbox.state;

import io.mainstem.mailbox.StoredObject;
import java.util.List;
import java.util.function.Predicate;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * {@code k/NAME/G/N}: entries of an index whose keys hash to this page, in the order in which they
 * were made.
 */
@Proto
public record IndexPage(long covers, List<Key> keys) implements StoredObject {
  public static final IndexPage EMPTY = new IndexPage(0, List.of());

  public IndexPage {
    keys = IndexKeys.of(keys);
  }

  /**
   * One entry. For a message: where it stands. For a thread's key: the thread. For a contact: the
   * standing.
   *
   * @param key of the index
   * @param thread the thread
   * @param stamp packed; with {@code message}: the place in the thread
   * @param message the message's id in this mailbox (another than the key when two senders chose
   *     alike)
   * @param seq of the message's arrival
   * @param sender key of who chose the id; of an import: the folder that it was for; null in
   *     indexes of other things
   * @param hash of the content, for idempotence
   * @param standing of a contact
   */
  @Proto
  public record Key(
      String key,
      @Nullable String thread,
      long stamp,
      @Nullable String message,
      long seq,
      @Nullable String sender,
      @Nullable String hash,
      @Nullable Standing standing) {}

  static List<Key> put(List<Key> keys, Key key, boolean replace) {
    return IndexKeys.of(keys).with(key, replace);
  }

  /** The newest entry of this key that passes the test. */
  @Nullable Key find(String key, Predicate<Key> test) {
    return IndexKeys.of(keys).find(key, test);
  }

  @Override
  public int sizeBytes() {
    return 64 + keys.size() * 220;
  }
}
