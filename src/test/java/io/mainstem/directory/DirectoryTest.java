package io.mainstem.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.config.Config;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.UserId;
import io.mainstem.store.DirectoryStore.Key;
import io.mainstem.store.DirectoryStore.Row;
import io.mainstem.store.DirectoryStore.Table;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest {
  private static final String PASSWORD = "correct horse battery";

  @TempDir Path data;

  private RocksDatabase db;
  private RocksDirectoryStore store;
  private Directory directory;
  private long nowMillis = Instant.parse("2026-01-02T03:04:05Z").toEpochMilli();

  @BeforeEach
  void open() throws Exception {
    db = RocksDatabase.open(data, Config.defaults().store(), StageMeter.NONE);
    store = new RocksDirectoryStore(db);
    directory = start(Map.of());
  }

  private Directory start(Map<String, String> settings) {
    var all =
        new java.util.HashMap<>(
            Map.of("directory.argon2.memoryKib", "1024", "directory.argon2.iterations", "1"));
    all.putAll(settings);
    return await(
        new Directory(
                store,
                Config.of(all).directory(),
                "cell-1",
                3,
                () -> Instant.ofEpochMilli(nowMillis),
                () -> Duration.ofMillis(nowMillis).toNanos())
            .start());
  }

  @AfterEach
  void close() {
    directory.close();
    db.close();
  }

  private static <T extends @Nullable Object> T await(Future<T> future) {
    try {
      return future.await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  private static Rule refused(Future<?> future) {
    return assertThrows(Rejected.class, () -> await(future)).rule();
  }

  private void pass(Duration time) {
    nowMillis += time.toMillis();
  }

  private Account user(String name) {
    return await(directory.createUser(name, null, PASSWORD));
  }

  private LoginOutcome login(String user, String password) {
    return await(directory.logins().login(user, password, "192.0.2.1"));
  }

  // ---- accounts and addresses

  @Test
  void aNameBecomesAnAddressInTheDefaultDomain() {
    Account alice = await(directory.createUser("Alice", "Alice Liddell", PASSWORD));
    assertEquals("alice@mainstem.test", alice.address());
    assertEquals("Alice Liddell", alice.person().name());
    for (String way :
        List.of(
            "alice",
            "ALICE",
            "alice@mainstem.test",
            "Alice@Mainstem.Test",
            "alice+x@mainstem.test")) {
      assertEquals(alice.id(), await(directory.accounts().find(way)).id(), way);
    }
    assertNull(await(directory.accounts().find("alicex")));
  }

  @Test
  void anAddressIsSomebodysNobodysOrNotOurs() {
    Account alice = user("alice");
    assertEquals(
        alice.id(),
        assertInstanceOf(
                Recipient.Local.class,
                await(directory.accounts().resolve("alice+lists@mainstem.test")))
            .account()
            .id());
    assertInstanceOf(
        Recipient.Unknown.class, await(directory.accounts().resolve("nobody@mainstem.test")));
    assertInstanceOf(Recipient.Unknown.class, await(directory.accounts().resolve("nobody")));
    assertInstanceOf(
        Recipient.Remote.class, await(directory.accounts().resolve("alice@elsewhere.example")));
    assertNull(await(directory.accounts().resolve("no address")));
    await(directory.disable(alice.id()));
    assertInstanceOf(
        Recipient.Unknown.class, await(directory.accounts().resolve("alice@mainstem.test")));
  }

  @Test
  void aDomainDecidesAboutPlusAndCatchAll() {
    Account alice = user("alice");
    await(directory.domains().save(new Domain("strict.test", false, alice.id(), 0)));
    await(directory.accounts().addAddress(alice.id(), Address.parse("alice@strict.test")));
    Account bob = await(directory.createUser("bob@strict.test", null, null));
    Recipient plus = await(directory.accounts().resolve("bob+x@strict.test"));
    assertEquals(
        alice.id(),
        assertInstanceOf(Recipient.Local.class, plus).account().id(),
        "bob+x is nobody, so the catch-all's");
    Recipient plain = await(directory.accounts().resolve("bob@strict.test"));
    assertEquals(bob.id(), assertInstanceOf(Recipient.Local.class, plain).account().id());
  }

  @Test
  void everyDomainHasAPostmaster() {
    Account alice = user("alice");
    await(directory.domains().save(Domain.named("second.test")));
    await(directory.domains().save(new Domain("third.test", true, alice.id(), 0)));
    assertEquals(1, await(directory.accounts().list(null, 100)).size(), "made with the first mail");
    for (String domain : List.of("mainstem.test", "second.test")) {
      var first =
          assertInstanceOf(
              Recipient.Local.class, await(directory.accounts().resolve("Postmaster@" + domain)));
      assertEquals("postmaster@" + domain, first.account().address());
      var again =
          assertInstanceOf(
              Recipient.Local.class, await(directory.accounts().resolve("postmaster@" + domain)));
      assertEquals(first.account().id(), again.account().id());
    }
    var caught =
        assertInstanceOf(
            Recipient.Local.class, await(directory.accounts().resolve("postmaster@third.test")));
    assertEquals(alice.id(), caught.account().id(), "the catch-all's");
    assertInstanceOf(
        Recipient.Remote.class,
        await(directory.accounts().resolve("postmaster@elsewhere.example")));
    assertEquals(3, await(directory.accounts().list(null, 100)).size());
  }

  @Test
  void ofManyWhoWantOneAddressExactlyOneGetsIt() {
    var attempts = new ArrayList<Future<Account>>();
    for (int i = 0; i < 20; i++) {
      attempts.add(
          directory.createUser(i % 2 == 0 ? "wanted" : "Wanted@mainstem.test", null, null));
    }
    int made = 0;
    for (Future<Account> attempt : attempts) {
      try {
        await(attempt);
        made++;
      } catch (Rejected e) {
        assertEquals(Rule.CONFLICT, e.rule());
      }
    }
    assertEquals(1, made);
    assertEquals(1, await(directory.accounts().list(null, 100)).size());
  }

  @Test
  void aClaimWithoutAccountLapsesAfterAnHour() {
    // What a crash between claim and account leaves behind: the account's row goes.
    Account lost = user("alice");
    Key row = new Key(Table.ACCOUNT, lost.id().value(), "");
    Row stored = await(store.get(row));
    await(store.delete(row, stored.version()));
    directory.close();
    directory = start(Map.of());
    assertNull(await(directory.accounts().find("alice")));
    pass(Duration.ofMinutes(59));
    assertEquals(Rule.CONFLICT, refused(directory.createUser("alice", null, null)));
    pass(Duration.ofMinutes(2));
    Account alice = user("alice");
    assertNotEquals(lost.id(), alice.id());
    pass(Duration.ofHours(2));
    assertEquals(Rule.CONFLICT, refused(directory.createUser("alice", null, null)));
  }

  @Test
  void whatCannotBeGivenIsRefused() {
    assertEquals(
        Rule.INVALID, refused(directory.createUser("alice@elsewhere.example", null, null)));
    assertEquals(Rule.INVALID, refused(directory.createUser("alice+x@mainstem.test", null, null)));
    assertEquals(Rule.INVALID, refused(directory.createUser("+49301234567", null, null)));
    assertEquals(Rule.INVALID, refused(directory.createUser("two words", null, null)));
    assertEquals(Rule.INVALID, refused(directory.createUser("alice", null, "short")));
    assertNull(
        await(directory.accounts().find("alice")), "a refused password leaves no account behind");
    assertEquals(Rule.NOT_FOUND, refused(directory.setPassword(new UserId("u-nobody"), PASSWORD)));
  }

  @Test
  void addressesComeAndGo() {
    Account alice = user("alice");
    Account bob = user("bob");
    Address phone = Address.parse("+49 30 1234567");
    await(directory.accounts().addAddress(alice.id(), phone));
    assertEquals(alice.id(), await(directory.accounts().find("+49301234567")).id());
    assertEquals(Rule.CONFLICT, refused(directory.accounts().addAddress(bob.id(), phone)));
    assertTrue(await(directory.accounts().byId(alice.id())).owns(phone));
    await(directory.accounts().removeAddress(alice.id(), phone));
    assertNull(await(directory.accounts().find("+49301234567")));
    await(directory.accounts().addAddress(bob.id(), phone));
    assertEquals(bob.id(), await(directory.accounts().find("+49301234567")).id());
    assertEquals(
        Rule.NOT_PERMITTED,
        refused(directory.accounts().removeAddress(bob.id(), Address.parse(bob.address()))));
  }

  @Test
  void allIsKeptOverARestart() {
    Account alice = user("alice");
    await(directory.domains().save(Domain.named("second.test")));
    directory.close();
    directory = start(Map.of());
    assertEquals(
        await(directory.accounts().byId(alice.id())), await(directory.accounts().find("alice")));
    assertNotNull(directory.domains().named("second.test"));
    assertInstanceOf(LoginOutcome.Welcome.class, login("alice", PASSWORD));
  }

  // ---- passwords

  @Test
  void onlyTheRightPasswordIsWelcome() {
    Account alice = user("alice");
    assertEquals(
        alice.id(),
        assertInstanceOf(LoginOutcome.Welcome.class, login("alice@mainstem.test", PASSWORD))
            .account()
            .id());
    assertInstanceOf(LoginOutcome.Welcome.class, login("alice", PASSWORD), "remembered");
    assertInstanceOf(LoginOutcome.Wrong.class, login("alice", PASSWORD + "!"));
    assertInstanceOf(LoginOutcome.Wrong.class, login("alice", ""));
    assertInstanceOf(LoginOutcome.Wrong.class, login("nobody", PASSWORD));
  }

  @Test
  void scramTellsNobodyWhoExistsAndCountsWrongProofs() {
    user("alice");
    String first = "n,,n=alice,r=abc";
    ScramLogin known = await(directory.logins().scram(first, "192.0.2.1"));
    assertTrue(known.challenge().startsWith("r=abc"));
    String unknown = salt("nobody");
    assertEquals(unknown, salt("nobody"));
    assertNotEquals(unknown, salt("nobody2"));
    LoginOutcome last = new LoginOutcome.Wrong();
    for (int i = 0; i < 1_000 && last instanceof LoginOutcome.Wrong; i++) {
      last = wrong(await(directory.logins().scram(first, "192.0.2.1")));
    }
    assertInstanceOf(LoginOutcome.Throttled.class, last);
    assertInstanceOf(
        LoginOutcome.Wrong.class,
        wrong(await(directory.logins().scram("n,,n=nobody,r=abc", "192.0.2.9"))));
  }

  private static LoginOutcome wrong(ScramLogin login) {
    String nonce = login.challenge().substring(2, login.challenge().indexOf(','));
    return login.finish("c=biws,r=" + nonce + ",p=AAAA").outcome();
  }

  private String salt(String user) {
    String challenge =
        await(directory.logins().scram("n,,n=" + user + ",r=abc", "192.0.2.9")).challenge();
    return challenge.substring(challenge.indexOf(",s="));
  }

  @Test
  void aChangedPasswordIsForgottenAndItsSessionsEnd() {
    Account alice = user("alice");
    login("alice", PASSWORD);
    String token =
        await(directory.sessions().open(alice.id(), Session.Kind.WEB, "x", Duration.ofDays(1)))
            .token();
    await(directory.setPassword(alice.id(), "another good one"));
    assertInstanceOf(LoginOutcome.Wrong.class, login("alice", PASSWORD));
    assertInstanceOf(LoginOutcome.Welcome.class, login("alice", "another good one"));
    assertNull(await(directory.sessions().use(token)));
  }

  @Test
  void aRememberedPasswordNeedsNoHash() {
    user("alice");
    login("alice", PASSWORD);
    // Without the stored hash only memory can know it.
    Key row =
        new Key(Table.CREDENTIALS, await(directory.accounts().find("alice")).id().value(), "");
    await(store.delete(row, await(store.get(row)).version()));
    assertInstanceOf(LoginOutcome.Welcome.class, login("alice", PASSWORD));
    pass(Duration.ofMinutes(61));
    assertInstanceOf(LoginOutcome.Wrong.class, login("alice", PASSWORD));
  }

  @Test
  void oneFormOfAPasswordWhateverKeyboardWroteIt() {
    await(directory.createUser("alice", null, "pa\u00df wo\u0308rd\u00a0lang"));
    assertInstanceOf(LoginOutcome.Welcome.class, login("alice", "pa\u00df w\u00f6rd lang"));
  }

  @Test
  void wrongPasswordsAreThrottledPerAccountAndAddress() {
    user("alice");
    user("bob");
    for (int i = 0; i < 10; i++) {
      assertInstanceOf(LoginOutcome.Wrong.class, login("alice", "guess " + i));
    }
    var throttled = assertInstanceOf(LoginOutcome.Throttled.class, login("alice", PASSWORD));
    assertEquals(Duration.ofSeconds(300), throttled.retryAfter());
    assertInstanceOf(LoginOutcome.Welcome.class, login("bob", PASSWORD));
    assertInstanceOf(
        LoginOutcome.Welcome.class,
        await(directory.logins().login("alice", PASSWORD, "192.0.2.2")));
    pass(Duration.ofSeconds(301));
    assertInstanceOf(LoginOutcome.Welcome.class, login("alice", PASSWORD));
  }

  @Test
  void manyAddressesDoNotMakeGuessingCheapNorLockTheOwnerOut() {
    user("alice");
    login("alice", PASSWORD);
    for (int i = 0; i < 100; i++) {
      assertInstanceOf(
          LoginOutcome.Wrong.class,
          await(directory.logins().login("alice", "guess", "198.51.100." + i)));
    }
    assertInstanceOf(
        LoginOutcome.Throttled.class,
        await(directory.logins().login("alice", "guess", "203.0.113.9")));
    assertInstanceOf(
        LoginOutcome.Welcome.class, login("alice", PASSWORD), "from where he logged in before");
  }

  @Test
  void manyNamesFromOneAddressAreThrottled() {
    for (int i = 0; i < 100; i++) {
      assertInstanceOf(LoginOutcome.Wrong.class, login("name" + i, "guess"));
    }
    user("alice");
    assertInstanceOf(LoginOutcome.Throttled.class, login("alice", PASSWORD));
  }

  @Test
  void aFullQueueOfHashesSaysTryAgain() {
    directory.close();
    directory =
        start(
            Map.of(
                "directory.argon2.threads",
                "1",
                "directory.argon2.queue",
                "1",
                "directory.argon2.iterations",
                "100"));
    var attempts = new ArrayList<Future<LoginOutcome>>();
    for (int i = 0; i < 20; i++) {
      attempts.add(directory.logins().login("nobody" + i, "guess", "192.0.2." + i));
    }
    int busy = 0;
    for (Future<LoginOutcome> attempt : attempts) {
      try {
        await(attempt);
      } catch (Rejected e) {
        assertEquals(Rule.BUSY, e.rule());
        busy++;
      }
    }
    assertTrue(busy > 0 && busy < 20, () -> "some wait, the rest are refused");
  }

  @Test
  void anAppPasswordLogsInUntilItIsTakenBack() {
    Account alice = user("alice");
    var made = await(directory.logins().createAppPassword(alice.id(), "Phone"));
    assertInstanceOf(LoginOutcome.Welcome.class, login("alice", made.secret()));
    assertInstanceOf(
        LoginOutcome.Welcome.class, login("alice", made.secret().replace("-", " ").toUpperCase()));
    assertInstanceOf(LoginOutcome.Wrong.class, login("bob", made.secret()));
    assertEquals(List.of(made.made()), await(directory.logins().appPasswords(alice.id())));
    assertTrue(await(directory.logins().removeAppPassword(alice.id(), made.made().id())));
    assertInstanceOf(LoginOutcome.Wrong.class, login("alice", made.secret()));
    assertFalse(await(directory.logins().removeAppPassword(alice.id(), made.made().id())));
  }

  @Test
  void noSecretIsStored() {
    Account alice = user("alice");
    var app = await(directory.logins().createAppPassword(alice.id(), "Phone"));
    String token =
        await(directory.sessions().open(alice.id(), Session.Kind.WEB, "x", Duration.ofDays(1)))
            .token();
    for (Table table : Table.values()) {
      for (Row row : await(store.all(table, null, 1000))) {
        String all = row.key() + new String(row.value(), StandardCharsets.UTF_8);
        for (String secret :
            List.of(
                PASSWORD,
                app.secret(),
                app.secret().replace("-", ""),
                token.substring(token.indexOf('.') + 1))) {
          assertFalse(all.contains(secret), () -> table + " holds a secret");
        }
      }
    }
  }

  // ---- sessions

  @Test
  void aSessionLivesWhileItIsUsed() {
    Account alice = user("alice");
    String token =
        await(
                directory
                    .sessions()
                    .open(alice.id(), Session.Kind.WEB, "Browser", Duration.ofMinutes(10)))
            .token();
    for (int i = 0; i < 5; i++) {
      pass(Duration.ofMinutes(9));
      assertEquals(alice.id(), await(directory.sessions().use(token)).user());
    }
    pass(Duration.ofMinutes(11));
    assertNull(await(directory.sessions().use(token)));
    assertEquals(List.of(), await(directory.sessions().list(alice.id())));
  }

  @Test
  void theLastUseSurvivesARestart() {
    Account alice = user("alice");
    String token =
        await(
                directory
                    .sessions()
                    .open(alice.id(), Session.Kind.WEB, "Browser", Duration.ofMinutes(10)))
            .token();
    pass(Duration.ofMinutes(9));
    assertNotNull(await(directory.sessions().use(token)));
    // What was written behind stands in the store before this answer, for one thread writes in
    // order.
    await(directory.accounts().addAddress(alice.id(), Address.parse("+49301234567")));
    directory.close();
    directory = start(Map.of());
    pass(Duration.ofMinutes(8));
    assertNotNull(await(directory.sessions().use(token)));
  }

  @Test
  void sessionsAreListedEndedAndBounded() {
    Account alice = user("alice");
    List<String> ended = new CopyOnWriteArrayList<>();
    directory.sessions().addListener((user, id) -> ended.add(id));
    var opened = new ArrayList<Sessions.Opened>();
    for (int i = 0; i < 4; i++) {
      pass(Duration.ofSeconds(1));
      opened.add(
          await(
              directory
                  .sessions()
                  .open(alice.id(), Session.Kind.TOKEN, "device " + i, Duration.ofDays(1))));
    }
    assertEquals(List.of(opened.get(0).session().id()), ended, "three are kept, the oldest went");
    assertEquals(
        List.of("device 3", "device 2", "device 1"),
        await(directory.sessions().list(alice.id())).stream().map(Session::label).toList());
    assertFalse(
        await(directory.sessions().end(user("bob").id(), opened.get(2).session().id())),
        "somebody else's");
    assertTrue(await(directory.sessions().end(alice.id(), opened.get(2).session().id())));
    assertNull(await(directory.sessions().use(opened.get(2).token())));
    assertNotNull(await(directory.sessions().use(opened.get(3).token())));
    assertEquals(2, ended.size());
  }

  @Test
  void disablingAUserEndsHisSessionsAndLogins() {
    Account alice = user("alice");
    login("alice", PASSWORD);
    List<String> ended = new CopyOnWriteArrayList<>();
    directory.sessions().addListener((user, id) -> ended.add(id));
    var opened =
        await(directory.sessions().open(alice.id(), Session.Kind.WEB, "x", Duration.ofDays(1)));
    assertNotNull(await(directory.sessions().use(opened.token())));
    await(directory.disable(alice.id()));
    assertEquals(List.of(opened.session().id()), ended);
    assertNull(await(directory.sessions().use(opened.token())));
    assertInstanceOf(LoginOutcome.Wrong.class, login("alice", PASSWORD));
    await(directory.enable(alice.id()));
    assertInstanceOf(LoginOutcome.Welcome.class, login("alice", PASSWORD));
    assertNull(await(directory.sessions().use(opened.token())), "what was ended stays so");
  }

  @Test
  void whatIsNoTokenIsNobodys() {
    Account alice = user("alice");
    String token =
        await(directory.sessions().open(alice.id(), Session.Kind.WEB, "x", Duration.ofDays(1)))
            .token();
    for (String wrong :
        List.of(
            "",
            ".",
            token + "x",
            token.substring(1),
            "x." + token,
            alice.id() + "." + "0".repeat(52),
            "\0".repeat(60))) {
      assertNull(await(directory.sessions().use(wrong)));
    }
  }

  @Test
  void aKeyWorksOnceWithinTenMinutes() {
    UserId alice = user("alice").id();
    String key = directory.oneTimeKeys().create(alice);
    assertEquals(alice, directory.oneTimeKeys().redeem(key));
    assertNull(directory.oneTimeKeys().redeem(key));
    String late = directory.oneTimeKeys().create(alice);
    pass(Duration.ofMinutes(11));
    assertNull(directory.oneTimeKeys().redeem(late));
  }
}
