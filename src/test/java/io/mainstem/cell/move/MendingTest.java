package io.mainstem.cell.move;

import static io.mainstem.cell.move.TwoCells.get;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.cell.move.Mending.State;
import io.mainstem.directory.Account;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.Query;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.FeatureLevel;
import io.mainstem.store.LogSalvage;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.MailboxStore.Damaged;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.MailboxStore.Rows;
import io.vertx.core.Future;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A mailbox is mended whose log cannot be read from some number on. */
@Timeout(300)
class MendingTest {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final long KEPT = 8;
  private static final int MAILS = 10;

  @TempDir private Path data;
  private TwoCells town;
  private UserId ann;
  private volatile boolean whole;

  @BeforeEach
  void start() {
    town = new TwoCells(data, TwoCells.settings(), false);
    ann = get(town.a.node.directory.accounts().create("ann", null)).id();
    for (int i = 0; i < MAILS; i++) {
      arrives("mail " + i);
    }
  }

  @AfterEach
  void stop() {
    town.close();
  }

  private void arrives(String text) {
    var random = ThreadLocalRandom.current();
    long now = System.currentTimeMillis();
    var message =
        new Message(
            Channel.MAIL,
            new Person("dora@elsewhere.example", null, null),
            List.of(new Person("ann@mainstem.test", "Ann", ann)),
            List.of(),
            "Hello",
            text,
            null,
            null,
            List.of(),
            null,
            text.length(),
            Headers.NONE);
    var id = MessageId.of(now, random.nextLong(), random.nextLong());
    var deliver =
        new Command.Deliver(id, "smtp", null, Hlc.ofMillis(now), message, null, null, null);
    assertTrue(get(town.a.node.cells.submit(ann, deliver)).created());
  }

  /** Of a store that has lost what stands at the number after {@link #KEPT}, until it is whole. */
  private Mending mending() {
    TestCell.Node node = town.a.node;
    return new Mending(
        new Mending.Parts(
            "a",
            node.directory.accounts(),
            node.directory.moves(),
            broken(town.a.store),
            new Beginning(town.a.store),
            town.blobs,
            node.cells,
            town.settings,
            () -> FeatureLevel.OWN,
            Clock.systemUTC()));
  }

  private MailboxStore broken(MailboxStore real) {
    return (MailboxStore)
        Proxy.newProxyInstance(
            MailboxStore.class.getClassLoader(),
            new Class<?>[] {MailboxStore.class},
            (self, method, arguments) -> {
              if (method.getName().equals("read") && !whole) {
                return Future.failedFuture(new Damaged("numbers 9 to 9 are missing"));
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** What of a log stands before the gap. */
  private record Beginning(MailboxStore store) implements LogSalvage {
    @Override
    public Future<Found> look(Mailbox mailbox) {
      return store
          .read(mailbox, 0, 1_000)
          .map(
              page -> {
                var runs = new TreeMap<Long, Long>();
                Row kept = null;
                for (Row row : page.rows()) {
                  kept = row.last() <= KEPT ? row : kept;
                  runs.put(row.seq(), row.epoch());
                }
                List<Row> behind = page.rows().stream().filter(row -> row.last() > KEPT).toList();
                return new Found(runs, kept, behind.size(), behind.getLast());
              });
    }

    @Override
    public Future<Rows> read(Mailbox mailbox, Found found, long afterSeq, int limit) {
      return store
          .read(mailbox, afterSeq, 3)
          .map(
              page ->
                  new Rows(page.rows().stream().filter(row -> row.last() <= KEPT).toList(), false));
    }
  }

  private Mending.Report done(Mending mending, boolean onlyLook) {
    assertEquals(State.WORKING, mending.begin(town.account(ann), onlyLook).state());
    await().atMost(LONG).until(() -> report(mending).state() != State.WORKING);
    return report(mending);
  }

  private Mending.Report report(Mending mending) {
    Mending.Report report = mending.report(ann);
    assertNotNull(report);
    return report;
  }

  private Cursor end() {
    return get(town.a.node.cells.query(ann, new Query.Head()));
  }

  private FolderView inbox() {
    return get(town.a.node.cells.query(ann, new Query.Folders())).get(0);
  }

  private List<Row> rows(int generation) {
    return get(town.a.store.read(new Mailbox(ann, generation), 0, 1_000)).rows();
  }

  @Test
  void whatStandsBeforeTheGapIsTheMailboxFromThenOn() {
    Cursor before = end();
    FolderView inbox = inbox();
    assertEquals(MAILS, inbox.messages());
    var mending = mending();

    var looked = done(mending, true);
    assertEquals(State.LOOKED, looked.state());
    Mending.Finding finding = looked.finding();
    assertNotNull(finding);
    assertEquals("numbers 9 to 9 are missing", finding.damage());
    assertEquals(KEPT, finding.keptUpTo());
    assertEquals(MAILS + 1 - KEPT, finding.behind());
    assertEquals(before, end(), "it only looked");
    assertEquals(1, town.account(ann).generation());

    var mended = done(mending, false);
    assertEquals(State.MENDED, mended.state(), () -> String.valueOf(mended));
    assertEquals(2, mended.generation());
    Account account = town.account(ann);
    assertEquals(2, account.generation());
    assertEquals(List.of(1), account.setAside());
    assertEquals(KEPT - 1, inbox().messages(), "one entry is the first owner's");
    assertTrue(inbox().uidValidity() > inbox.uidValidity());
    Throwable reset =
        assertThrows(
            AssertionError.class,
            () -> get(town.a.node.cells.query(ann, new Query.Updates(before, 10))));
    assertEquals(Rejected.Rule.RESET, assertInstanceOf(Rejected.class, reset.getCause()).rule());

    arrives("after all");
    assertEquals(KEPT, inbox().messages());
    // What was set aside stays, also for whoever owns it next.
    town.a.kill();
    assertEquals(KEPT, inbox().messages());
    assertEquals(MAILS + 1, rows(1).size());
    assertTrue(rows(1).stream().skip(1).allMatch(row -> row.body() != null));
  }

  @Test
  void nobodyOpensWhatIsMendedAndWhoMendsAgainBeginsAnew() {
    Account planned = get(town.a.node.directory.moves().mend(ann));
    assertTrue(planned.isMended());
    // Whoever did that died.
    town.a.kill();
    AssertionError refused = assertThrows(AssertionError.class, this::end);
    assertEquals(Rejected.Rule.BUSY, assertInstanceOf(Rejected.class, refused.getCause()).rule());

    var mended = done(mending(), false);
    assertEquals(State.MENDED, mended.state(), () -> String.valueOf(mended));
    assertEquals(3, mended.generation());
    AssertionError late =
        assertThrows(AssertionError.class, () -> get(town.a.node.directory.moves().flip(ann, 2)));
    assertEquals(Rejected.Rule.CONFLICT, assertInstanceOf(Rejected.class, late.getCause()).rule());
    assertEquals(KEPT - 1, inbox().messages());
  }

  @Test
  void whatIsWholeIsLeftAsItIs() {
    whole = true;
    Cursor before = end();
    var refused = done(mending(), false);
    assertEquals(State.FAILED, refused.state());
    assertTrue(String.valueOf(refused.failure()).contains("is whole"));
    assertEquals(before, end());
    assertEquals(1, town.account(ann).generation());
  }

  @Test
  void aMendingThatIsGivenUpLeavesTheMailboxAsItWas() {
    Cursor before = end();
    get(town.a.node.directory.moves().mend(ann));
    get(town.a.node.directory.moves().abort(ann, 2));
    assertEquals(before, end());
    assertEquals(1, town.account(ann).generation());
    assertEquals(List.of(), town.account(ann).setAside());
  }
}
