package io.mainstem.mailbox.host;

import static io.mainstem.mailbox.host.HostFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.MessageId;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Copies the files of a loaded host at random moments, as a kill leaves them, and starts from the
 * copy.
 */
class CrashTest {
  private static final int ROUNDS = 6;

  @TempDir Path directory;

  @Test
  void whatWasAcknowledgedIsThereOnceAfterAKillAtAnyMoment() throws Exception {
    long seed = Long.getLong("mainstem.seed", System.nanoTime());
    var random = new Random(seed);
    var settings =
        Map.of(
            "mailbox.snapshotEntries",
            "8",
            "mailbox.cacheBytes",
            "1m",
            "store.maxWalBytes",
            "1m",
            "store.writeBufferBytes",
            "1m");
    List<UserId> users = IntStream.range(0, 12).mapToObj(i -> new UserId("user-" + i)).toList();
    Map<UserId, Set<MessageId>> acknowledged = new ConcurrentHashMap<>();
    users.forEach(user -> acknowledged.put(user, ConcurrentHashMap.newKeySet()));
    Path data = directory.resolve("data");
    java.nio.file.Files.createDirectories(data);
    for (int round = 0; round < ROUNDS; round++) {
      Map<UserId, Set<MessageId>> known = new ConcurrentHashMap<>();
      Path crashed = directory.resolve("crashed" + round);
      try (var host = HostFixture.open(data, settings)) {
        var futures = new ArrayList<Future<Reply.Delivered>>();
        int kill = 200 + random.nextInt(600);
        for (int i = 0; i < 900; i++) {
          UserId user = users.get(random.nextInt(users.size()));
          var mail =
              HostFixture.mail(
                  user,
                  "dora" + random.nextInt(5) + "@elsewhere.example",
                  "mail " + i + "x".repeat(random.nextInt(2000)));
          futures.add(
              host.mailboxes
                  .submit(user, mail)
                  .onSuccess(reply -> acknowledged.get(user).add(reply.id())));
          if (i == kill) {
            acknowledged.forEach((owner, ids) -> known.put(owner, Set.copyOf(ids)));
            HostFixture.copy(data, crashed);
          }
        }
        futures.forEach(HostFixture::get);
      }
      check(crashed, settings, users, known, "seed " + seed + ", round " + round);
    }
    check(data, settings, users, acknowledged, "seed " + seed + ", after all");
  }

  private static void check(
      Path data,
      Map<String, String> settings,
      List<UserId> users,
      Map<UserId, Set<MessageId>> known,
      String where) {
    try (var host = HostFixture.open(data, settings)) {
      for (UserId user : users) {
        var found = new ArrayList<MessageId>();
        for (var thread :
            get(host.mailboxes.query(user, new Query.Threads(null, null, 100, null))).threads()) {
          Query.MessagePage page =
              get(
                  host.mailboxes.query(
                      user, new Query.Messages(thread.id(), null, null, 200, null, null)));
          for (; ; ) {
            page.messages().forEach(m -> found.add(m.id()));
            if (page.next() == null) {
              break;
            }
            page =
                get(
                    host.mailboxes.query(
                        user, new Query.Messages(thread.id(), null, null, 200, page.next(), null)));
          }
        }
        assertEquals(found.size(), new HashSet<>(found).size(), "twice, " + where);
        assertTrue(found.containsAll(known.getOrDefault(user, Set.of())), "lost, " + where);
        var watcher = new Collector(host.mailboxes.watch(user, new Cursor(0, 0)), Long.MAX_VALUE);
        Awaitility.await().until(() -> watcher.caughtUp() != null);
        watcher.assertGapFree(1, get(host.mailboxes.query(user, new Query.Head())).seq());
        watcher.cancel();
        get(host.mailboxes.rebuild(user));
        var before = host.objects(user);
        get(host.mailboxes.rebuild(user));
        assertEquals(before, host.objects(user), where);
      }
    }
    // What was saved on the way equals what the log says.
    Map<UserId, Map<String, String>> saved = new ConcurrentHashMap<>();
    try (var host = HostFixture.open(data, settings)) {
      users.forEach(user -> saved.put(user, host.objects(user)));
      for (UserId user : users) {
        get(host.mailboxes.rebuild(user));
        var after = host.objects(user);
        after.remove("header");
        saved.get(user).remove("header");
        assertEquals(saved.get(user), after, where);
      }
    }
  }
}
