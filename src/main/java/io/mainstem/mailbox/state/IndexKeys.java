package io.mainstem.mailbox.state;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a page of an index, with the hashes of their keys beside them: nearly every key
 * that is looked for is absent, and to see that takes no look at the entries themselves. Immutable.
 */
final class IndexKeys extends AbstractList<IndexPage.Key> implements RandomAccess {
  private final IndexPage.Key[] keys;
  private final int[] hashes;

  private IndexKeys(IndexPage.Key[] keys, int[] hashes) {
    this.keys = keys;
    this.hashes = hashes;
  }

  static IndexKeys of(List<IndexPage.Key> list) {
    if (list instanceof IndexKeys known) {
      return known;
    }
    var keys = list.toArray(new IndexPage.Key[0]);
    var hashes = new int[keys.length];
    for (int i = 0; i < keys.length; i++) {
      hashes[i] = keys[i].key().hashCode();
    }
    return new IndexKeys(keys, hashes);
  }

  @Override
  public IndexPage.Key get(int index) {
    return keys[index];
  }

  @Override
  public int size() {
    return keys.length;
  }

  /** The newest entry of this key that passes the test. */
  IndexPage.@Nullable Key find(String key, Predicate<IndexPage.Key> test) {
    int hash = key.hashCode();
    for (int i = hashes.length - 1; i >= 0; i--) {
      if (hashes[i] == hash && keys[i].key().equals(key) && test.test(keys[i])) {
        return keys[i];
      }
    }
    return null;
  }

  /** These and one more; with {@code replace}, in the place of the first of the same key. */
  IndexKeys with(IndexPage.Key key, boolean replace) {
    int hash = key.key().hashCode();
    int at = keys.length;
    for (int i = 0; replace && i < keys.length; i++) {
      if (hashes[i] == hash && keys[i].key().equals(key.key())) {
        at = i;
        break;
      }
    }
    var moreKeys = Arrays.copyOf(keys, Math.max(keys.length, at + 1));
    var moreHashes = Arrays.copyOf(hashes, moreKeys.length);
    moreKeys[at] = key;
    moreHashes[at] = hash;
    return new IndexKeys(moreKeys, moreHashes);
  }
}
