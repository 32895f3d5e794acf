package io.mainstem.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.store.DirectoryStore;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.vertx.core.Future;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes over one directory: what one changes the other learns, with a notice or without. */
class SeveralNodesTest {
  private static final Duration CACHED = Duration.ofSeconds(60);

  @TempDir Path data;

  private RocksDatabase db;
  private RocksDirectoryStore rows;
  private Directory here;
  private Directory there;
  private Account ann;
  private boolean storeIsGone;
  private long nowMillis = 1_700_000_000_000L;

  @BeforeEach
  void open() throws Exception {
    db = RocksDatabase.open(data, Config.defaults().store(), StageMeter.NONE);
    rows = new RocksDirectoryStore(db);
    here = directory();
    there = directory();
    ann = await(here.createUser("ann", null, null));
  }

  private DirectoryStore store() {
    return (DirectoryStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DirectoryStore.class},
            (proxy, method, arguments) -> {
              if (storeIsGone) {
                return Future.failedFuture(new IllegalStateException("the store is gone"));
              }
              try {
                return method.invoke(rows, arguments);
              } catch (InvocationTargetException e) {
                throw Objects.requireNonNull(e.getCause());
              }
            });
  }

  private Directory directory() {
    return await(
        new Directory(
                store(),
                Config.of(Map.of()).directory(),
                "a",
                3,
                () -> Instant.ofEpochMilli(nowMillis),
                () -> Duration.ofMillis(nowMillis).toNanos())
            .start());
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
    db.close();
  }

  private static <T extends @Nullable Object> T await(Future<T> future) {
    try {
      return future.await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  private void connect() {
    here.notices().tellOthers(notice -> there.notices().hear(notice));
  }

  private boolean isDisabledThere() {
    return Objects.requireNonNull(await(there.accounts().byId(ann.id()))).disabled();
  }

  @Test
  void aNoticeMakesOthersForgetAtOnce() {
    connect();
    assertFalse(isDisabledThere());
    await(here.disable(ann.id()));
    assertTrue(isDisabledThere());
  }

  @Test
  void aLostNoticeCostsSomeTime() {
    assertFalse(isDisabledThere());
    await(here.disable(ann.id()));
    assertFalse(isDisabledThere(), "it is remembered");
    nowMillis += CACHED.toMillis() + 1;
    assertTrue(isDisabledThere());
  }

  @Test
  void anAddressThatWasGivenToAnotherIsFoundThere() {
    connect();
    Address extra = Objects.requireNonNull(Address.parse("extra@mainstem.test"));
    await(here.accounts().addAddress(ann.id(), extra));
    assertEquals(ann.id(), Objects.requireNonNull(await(there.accounts().find(extra.text()))).id());
    await(here.accounts().removeAddress(ann.id(), extra));
    Account bob = await(here.createUser("bob", null, null));
    await(here.accounts().addAddress(bob.id(), extra));
    assertEquals(bob.id(), Objects.requireNonNull(await(there.accounts().find(extra.text()))).id());
  }

  @Test
  void aSessionThatEndsAtOneNodeEndsItsStreamsAtAnother() {
    connect();
    List<String> ended = new ArrayList<>();
    there.sessions().addListener((user, session) -> ended.add(user + " " + session));
    var opened =
        await(here.sessions().open(ann.id(), Session.Kind.WEB, "browser", Duration.ofDays(1)));
    assertNotNull(await(there.sessions().use(opened.token())));
    await(here.sessions().end(ann.id(), opened.session().id()));
    assertEquals(List.of(ann.id() + " " + opened.session().id()), ended);
    assertNull(await(there.sessions().use(opened.token())));
  }

  @Test
  void whoIsKnownIsServedWhileTheDirectoryIsGone() {
    await(there.accounts().byId(ann.id()));
    storeIsGone = true;
    nowMillis += CACHED.toMillis() + 1;
    assertEquals(ann, await(there.accounts().byId(ann.id())));
    assertEquals(ann, await(there.accounts().fresh(ann.id())));
    assertThrows(IllegalStateException.class, () -> await(here.accounts().byId(ann.id())));
    storeIsGone = false;
    await(here.disable(ann.id()));
    nowMillis += CACHED.toMillis() + 1;
    assertTrue(isDisabledThere(), "and what changed meanwhile is learnt afterwards");
  }

  @Test
  void whoIsKnownByAnotherNameThanHisAddressIsFoundWhileTheDirectoryIsGone() {
    var names = List.of("ann", "ann+shop@mainstem.test", "ann@mainstem.test");
    names.forEach(name -> assertEquals(ann, await(there.accounts().find(name))));
    assertNull(await(there.accounts().find("nobody")));
    storeIsGone = true;
    nowMillis += CACHED.toMillis() + 1;
    names.forEach(name -> assertEquals(ann, await(there.accounts().find(name)), name));
    for (String unknown : List.of("nobody", "nobody@mainstem.test", "ann+new@mainstem.test")) {
      assertThrows(
          IllegalStateException.class, () -> await(there.accounts().find(unknown)), unknown);
    }
    nowMillis += Duration.ofDays(7).toMillis();
    assertThrows(IllegalStateException.class, () -> await(there.accounts().find("ann")));
  }

  @Test
  void aNameThatSomebodyTookMeanwhileIsHis() {
    connect();
    assertEquals(ann, await(there.accounts().find("ann")));
    Account bob = await(here.createUser("bob", null, null));
    await(here.accounts().addAddress(bob.id(), Objects.requireNonNull(Address.parse("ann"))));
    assertEquals(bob.id(), Objects.requireNonNull(await(there.accounts().find("ann"))).id());
    storeIsGone = true;
    nowMillis += CACHED.toMillis() + 1;
    assertEquals(bob.id(), Objects.requireNonNull(await(there.accounts().find("ann"))).id());
  }

  @Test
  void whatIsNotUnderstoodIsPassedOver() {
    for (String strange : List.of("", "account", "session u", "later version", "account a b c")) {
      there.notices().hear(strange);
    }
    assertFalse(isDisabledThere());
  }
}
