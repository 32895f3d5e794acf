package io.mainstem.mailbox.host;

import static io.mainstem.mailbox.host.HostFixture.ANN;
import static io.mainstem.mailbox.host.HostFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Renewal;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.Rejected;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written last is gone, and its numbers are given again. */
class RenewalTest {
  private static final int FIRST = Renewal.number(Instant.parse("2026-01-01T00:00:00Z"));

  @TempDir Path data;
  @TempDir Path backup;

  private static void arrive(HostFixture host, int many) {
    for (int i = 0; i < many; i++) {
      host.arrives(ANN, "dora@elsewhere.example", "mail " + i);
    }
  }

  private static Cursor end(HostFixture host) {
    return get(host.mailboxes.query(ANN, new Query.Head()));
  }

  /** UIDVALIDITY of each folder, by its name. */
  private static Map<String, Integer> validities(HostFixture host) {
    var validities = new HashMap<String, Integer>();
    for (FolderView folder : get(host.mailboxes.query(ANN, new Query.Folders()))) {
      validities.put(folder.name(), folder.uidValidity());
    }
    return validities;
  }

  private static void assertReset(HostFixture host, Cursor old) {
    Throwable refused =
        HostFixture.failureOf(host.mailboxes.query(ANN, new Query.Updates(old, 10)));
    assertEquals(Rejected.Rule.RESET, assertInstanceOf(Rejected.class, refused).rule());
    var watcher = new Collector(host.mailboxes.watch(ANN, old), Long.MAX_VALUE);
    Awaitility.await().until(() -> watcher.caughtUp() != null);
    assertEquals(new Watched.Reset(end(host)), watcher.all().get(0));
    watcher.cancel();
  }

  @Test
  void whatIsGivenAgainIsNeverTakenForWhatWasRemembered() throws Exception {
    Cursor early;
    Cursor late;
    Map<String, Integer> before;
    try (var host = HostFixture.open(data)) {
      arrive(host, 5);
      early = end(host);
      HostFixture.copy(data, backup);
      get(host.mailboxes.submit(ANN, new Command.CreateFolder("Work")));
      arrive(host, 5);
      late = end(host);
      before = validities(host);
    }

    Map<String, Integer> renewed;
    Cursor after;
    try (var host = HostFixture.openRenewed(backup, FIRST)) {
      assertReset(host, early);
      assertReset(host, late);
      get(host.mailboxes.submit(ANN, new Command.CreateFolder("Work")));
      arrive(host, 10);
      after = end(host);
      assertTrue(after.seq() > late.seq(), "its numbers were all given again");
      assertReset(host, early);
      assertReset(host, late);
      renewed = validities(host);
      before.forEach(
          (name, validity) ->
              assertTrue(validity < renewed.getOrDefault(name, 0), name + " is another one"));
      assertEquals(
          List.of(), get(host.mailboxes.query(ANN, new Query.Updates(after, 10))).frames());
    }

    // The same renewal is made once.
    try (var host = HostFixture.openRenewed(backup, FIRST)) {
      assertEquals(renewed, validities(host));
      arrive(host, 1);
      var page = get(host.mailboxes.query(ANN, new Query.Updates(after, 10)));
      assertEquals(end(host), page.cursor(), "devices go on");
      get(host.mailboxes.rebuild(ANN));
      var objects = host.objects(ANN);
      get(host.mailboxes.rebuild(ANN));
      assertEquals(objects, host.objects(ANN));
      assertEquals(renewed, validities(host));
    }

    // The next one is another, also of a backup that knows nothing of the first.
    try (var host = HostFixture.openRenewed(backup, FIRST + 3600)) {
      assertReset(host, after);
      assertReset(host, late);
      validities(host)
          .forEach((name, validity) -> assertTrue(validity > renewed.getOrDefault(name, 0), name));
      assertNotEquals(after.generation(), end(host).generation());
    }
  }
}
