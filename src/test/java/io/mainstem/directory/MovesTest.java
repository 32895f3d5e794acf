package io.mainstem.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.message.Rejected;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a move's end and its abort exactly one happens, at whichever node it is said. */
class MovesTest {
  @TempDir Path data;

  private RocksDatabase db;
  private RocksDirectoryStore store;
  private Directory here;
  private Directory elsewhere;
  private Account ann;

  @BeforeEach
  void open() throws Exception {
    db = RocksDatabase.open(data, Config.defaults().store(), StageMeter.NONE);
    store = new RocksDirectoryStore(db);
    here = directory();
    elsewhere = directory();
    ann = await(here.createUser("ann", null, null));
  }

  private Directory directory() {
    return await(
        new Directory(
                store,
                Config.of(Map.of()).directory(),
                "a",
                3,
                () -> Instant.ofEpochMilli(1_700_000_000_000L),
                System::nanoTime)
            .start());
  }

  @AfterEach
  void close() {
    here.close();
    elsewhere.close();
    db.close();
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  private static void conflict(Future<?> future) {
    assertEquals(Rejected.Rule.CONFLICT, assertThrows(Rejected.class, () -> await(future)).rule());
  }

  private int plan(String cell) {
    return Objects.requireNonNull(await(here.moves().plan(ann.id(), cell)).move()).generation();
  }

  @Test
  void afterTheFlipHeLivesThere() {
    assertEquals(2, plan("b"));
    assertEquals(2, plan("b"), "the same plan is the same move");
    conflict(elsewhere.moves().plan(ann.id(), "c"));
    Account moved = await(elsewhere.moves().flip(ann.id(), 2));
    assertEquals("b", moved.cell());
    assertEquals(2, moved.generation());
    assertNull(moved.move());
    assertEquals(moved, await(here.moves().flip(ann.id(), 2)), "to say it again changes nothing");
    assertEquals(moved, await(here.moves().abort(ann.id(), 2)), "it is too late for that");
    conflict(here.moves().plan(ann.id(), "b"));
    assertTrue(moved.isDead(1));
    assertFalse(moved.isDead(2));
  }

  @Test
  void aLateFlipFailsAfterTheAbort() {
    plan("b");
    Account stayed = await(here.moves().abort(ann.id(), 2));
    assertEquals("a", stayed.cell());
    assertEquals(1, stayed.generation());
    conflict(elsewhere.moves().flip(ann.id(), 2));
    assertTrue(stayed.isDead(2));
    assertFalse(stayed.isDead(1));
    assertFalse(stayed.isDead(3), "what is not known yet is not dead");
    assertEquals(3, plan("b"), "no generation is used twice");
    conflict(elsewhere.moves().flip(ann.id(), 2));
    assertEquals(3, await(elsewhere.moves().flip(ann.id(), 3)).generation());
    assertEquals(4, plan("a"), "and back");
  }

  @Test
  void ofManyFlipsAndAbortsAtOnceOneSideWins() {
    for (int round = 0; round < 20; round++) {
      int generation = plan("cell-" + round);
      Future<Account> flip = here.moves().flip(ann.id(), generation);
      Future<Account> abort = elsewhere.moves().abort(ann.id(), generation);
      await(Future.join(flip, abort).otherwiseEmpty());
      Account now = Objects.requireNonNull(await(here.accounts().fresh(ann.id())));
      assertEquals(flip.succeeded(), now.generation() == generation);
      assertNull(now.move());
    }
  }

  @Test
  void otherChangesOfTheAccountKeepTheMove() {
    plan("b");
    await(elsewhere.setPassword(ann.id(), "correct horse battery"));
    await(elsewhere.disable(ann.id()));
    Account now = Objects.requireNonNull(await(here.accounts().fresh(ann.id())));
    assertEquals(new Account.Move("b", 2, 1_700_000_000_000L), now.move());
    assertEquals(2, now.lastGeneration());
    assertTrue(now.disabled());
  }

  @Test
  void whatIsRememberedIsCorrectedByAFreshLook() {
    await(elsewhere.accounts().byId(ann.id()));
    plan("b");
    await(here.moves().flip(ann.id(), 2));
    assertEquals("a", Objects.requireNonNull(await(elsewhere.accounts().byId(ann.id()))).cell());
    assertEquals("b", Objects.requireNonNull(await(elsewhere.accounts().fresh(ann.id()))).cell());
    assertEquals("b", Objects.requireNonNull(await(elsewhere.accounts().byId(ann.id()))).cell());
  }
}
