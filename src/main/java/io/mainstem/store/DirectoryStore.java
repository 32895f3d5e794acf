package io.mainstem.store;

import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the directory: small values under keys, each changed by a conditional write. There is no
 * change of two rows at once, so that a database with lightweight transactions on one partition can
 * implement it; whoever needs two rows orders them such that each prefix of the order is harmless.
 *
 * <p>Futures complete on the context of the caller, when he has one.
 */
public interface DirectoryStore {
  /** What a row is about. The code stands in stored keys and never changes. */
  enum Table {
    ACCOUNT('a'),
    DOMAIN('d'),
    ADDRESS('n'),
    CREDENTIALS('c'),
    APP_PASSWORD('p'),
    SESSION('s'),
    SECRET('x'),
    CELL('l');

    private final char code;

    Table(char code) {
      this.code = code;
    }

    public char code() {
      return code;
    }
  }

  /**
   * A row's key. Rows of one group are stored together and can be listed in the order of their
   * names.
   *
   * @param group text without NUL, at most 512 bytes of UTF-8
   * @param name text without NUL, at most 512 bytes of UTF-8; may be empty
   */
  record Key(Table table, String group, String name) {
    public Key {
      if (group.isEmpty()
          || group.length() > 512
          || name.length() > 512
          || group.indexOf(0) >= 0
          || name.indexOf(0) >= 0) {
        throw new IllegalArgumentException(
            "a key of the directory has a group, no NUL, and at most 512 characters a part");
      }
    }
  }

  /** A row; its version is never 0, and differs from every version that the key ever had. */
  record Row(Key key, long version, byte[] value) {}

  /** The version of a row that is not there. */
  long ABSENT = 0;

  /** Whether it has stopped answering, so that it is of no use to wait for it now. */
  default boolean isSilent() {
    return false;
  }

  /** The row, or null. */
  Future<@Nullable Row> get(Key key);

  /**
   * Writes the row if its version is {@code expected} ({@link #ABSENT}: if there is none);
   * completes when that is durable.
   *
   * @return whether it was written; fails with {@link MailboxStore.StoreFull} when nothing can be
   *     written now, with {@link io.mainstem.message.Rejected} BUSY when too many writes wait
   */
  Future<Boolean> write(Key key, long expected, byte[] value);

  /** Removes the row if its version is {@code expected}; completes when that is durable. */
  Future<Boolean> delete(Key key, long expected);

  /**
   * Rows of a group with names after {@code after} (null: from the first), in the order of their
   * names.
   */
  Future<List<Row>> list(Table table, String group, @Nullable String after, int limit);

  /**
   * Rows of a table, in an order of the store's own, after the row {@code after} (null: from the
   * first).
   */
  Future<List<Row>> all(Table table, @Nullable Key after, int limit);
}
