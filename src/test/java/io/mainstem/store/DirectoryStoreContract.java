package io.mainstem.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.store.DirectoryStore.Key;
import io.mainstem.store.DirectoryStore.Row;
import io.mainstem.store.DirectoryStore.Table;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of the directory keeps. */
public abstract class DirectoryStoreContract {
  /** What takes longer than this does not happen, however slow the machine is. */
  private static final int LONG_SECONDS = 120;

  private DirectoryStore store;

  /** Opens the store, empty the first time in a test. */
  protected abstract DirectoryStore open() throws Exception;

  /** Closes it, so that it can be opened again with what it held. */
  protected abstract void close() throws Exception;

  @BeforeEach
  void start() throws Exception {
    store = open();
  }

  @AfterEach
  void stop() throws Exception {
    close();
  }

  private static <T extends @Nullable Object> T await(Future<T> future) {
    try {
      return future.await(LONG_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + LONG_SECONDS + " s", e);
    }
  }

  private static byte[] bytes(String s) {
    return s.getBytes(StandardCharsets.UTF_8);
  }

  private static Key key(String group, String name) {
    return new Key(Table.SESSION, group, name);
  }

  @Test
  void aRowIsWrittenOnceUnderTheConditionThatItIsAbsent() {
    assertNull(await(store.get(key("u", "1"))));
    assertTrue(await(store.write(key("u", "1"), DirectoryStore.ABSENT, bytes("first"))));
    assertFalse(await(store.write(key("u", "1"), DirectoryStore.ABSENT, bytes("second"))));
    assertArrayEquals(bytes("first"), await(store.get(key("u", "1"))).value());
  }

  @Test
  void onlyTheVersionThatWasReadIsReplaced() {
    await(store.write(key("u", "1"), DirectoryStore.ABSENT, bytes("first")));
    Row first = await(store.get(key("u", "1")));
    assertTrue(await(store.write(first.key(), first.version(), bytes("second"))));
    assertFalse(await(store.write(first.key(), first.version(), bytes("third"))));
    assertFalse(await(store.delete(first.key(), first.version())));
    Row second = await(store.get(first.key()));
    assertArrayEquals(bytes("second"), second.value());
    assertNotEquals(first.version(), second.version());
    assertTrue(await(store.delete(second.key(), second.version())));
    assertNull(await(store.get(second.key())));
  }

  @Test
  void aVersionOfARowThatWentAndCameAgainDoesNotFit() {
    await(store.write(key("u", "1"), DirectoryStore.ABSENT, bytes("first")));
    Row first = await(store.get(key("u", "1")));
    await(store.delete(first.key(), first.version()));
    await(store.write(first.key(), DirectoryStore.ABSENT, bytes("again")));
    assertFalse(await(store.write(first.key(), first.version(), bytes("late"))));
    assertArrayEquals(bytes("again"), await(store.get(first.key())).value());
  }

  @Test
  void ofManyWritersAtOnceExactlyOneWins() {
    var attempts = new ArrayList<Future<Boolean>>();
    for (int i = 0; i < 100; i++) {
      attempts.add(store.write(key("u", "contended"), DirectoryStore.ABSENT, bytes("writer " + i)));
    }
    int winner = -1;
    for (int i = 0; i < 100; i++) {
      if (await(attempts.get(i))) {
        assertEquals(-1, winner, "two writers won");
        winner = i;
      }
    }
    assertArrayEquals(bytes("writer " + winner), await(store.get(key("u", "contended"))).value());
  }

  @Test
  void aGroupIsListedByNameInPiecesAndWithoutItsNeighbours() {
    for (String name : List.of("", "a", "b", "ü")) {
      await(store.write(key("group", name), DirectoryStore.ABSENT, bytes(name)));
      await(store.write(key("group2", name), DirectoryStore.ABSENT, bytes("other")));
      await(store.write(key("grou", name), DirectoryStore.ABSENT, bytes("other")));
      await(
          store.write(
              new Key(Table.ADDRESS, "group", name), DirectoryStore.ABSENT, bytes("other")));
    }
    List<Row> first = await(store.list(Table.SESSION, "group", null, 3));
    assertEquals(List.of("", "a", "b"), first.stream().map(row -> row.key().name()).toList());
    List<Row> rest = await(store.list(Table.SESSION, "group", "b", 3));
    assertEquals(List.of(key("group", "ü")), rest.stream().map(Row::key).toList());
    assertArrayEquals(bytes("ü"), rest.get(0).value());
  }

  @Test
  void aTableIsListedWhole() {
    var expected = new java.util.HashSet<Key>();
    for (int i = 0; i < 25; i++) {
      Key key = new Key(Table.ACCOUNT, "user-" + i % 10, "name-" + i / 10);
      expected.add(key);
      await(store.write(key, DirectoryStore.ABSENT, bytes("x")));
      await(store.write(key("user-" + i, ""), DirectoryStore.ABSENT, bytes("y")));
    }
    var seen = new ArrayList<Key>();
    for (Key after = null; ; after = seen.get(seen.size() - 1)) {
      List<Row> page = await(store.all(Table.ACCOUNT, after, 7));
      page.forEach(row -> seen.add(row.key()));
      if (page.size() < 7) {
        break;
      }
    }
    assertEquals(25, seen.size());
    assertEquals(expected, new java.util.HashSet<>(seen));
  }

  @Test
  void whatWasAnsweredSurvives() throws Exception {
    await(store.write(key("u", "1"), DirectoryStore.ABSENT, bytes("kept")));
    Row before = await(store.get(key("u", "1")));
    close();
    store = open();
    Row after = await(store.get(key("u", "1")));
    assertNotNull(after);
    assertArrayEquals(before.value(), after.value());
    assertTrue(await(store.write(after.key(), before.version(), bytes("changed"))));
  }

  @Test
  void aKeyHasNoNulAndABound() {
    assertThrows(IllegalArgumentException.class, () -> key("", "x"));
    assertThrows(IllegalArgumentException.class, () -> key("a\0b", "x"));
    assertThrows(IllegalArgumentException.class, () -> key("a", "x".repeat(513)));
  }

  @Test
  void answersComeBackToTheContextOfTheCaller() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Context context = vertx.getOrCreateContext();
      var answered = new CompletableFuture<Context>();
      context.runOnContext(
          ignored ->
              store
                  .write(key("u", "1"), DirectoryStore.ABSENT, bytes("x"))
                  .compose(written -> store.get(key("u", "1")))
                  .onComplete(row -> answered.complete(Vertx.currentContext())));
      assertSame(context, answered.get(LONG_SECONDS, TimeUnit.SECONDS));
    } finally {
      await(vertx.close());
    }
  }
}
