package io.mainstem.cell.move;

import static io.mainstem.cell.move.TwoCells.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.Query;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.FeatureLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A chat between people of two cells is edited. */
@Timeout(300)
class EditsAcrossCellsTest {
  private static final Duration LONG = TwoCells.LONG;

  @TempDir private Path data;

  private static String text(MailboxService mailboxes, UserId user, MessageId id) {
    MessageView view = get(mailboxes.query(user, new Query.One(id)));
    Message message = view.message();
    return message == null ? "" : message.text();
  }

  private static Command.Edit edit(MessageId id, int number) {
    var text = "text " + number;
    return new Command.Edit(id, number, text, null, text.length());
  }

  /** Whatever is asked again was not done. */
  private static void insist(MailboxService mailboxes, UserId user, Command.Edit edit) {
    TwoCells.insist(() -> mailboxes.submit(user, edit));
  }

  @Test
  void itIsRefusedUntilTheNodesOfTheOtherCellReadIt() {
    try (var town = new TwoCells(data.resolve("town"), TwoCells.settings(), true, Map.of(), 1)) {
      UserId ann = get(town.a.node.directory.createUser("ann", null, null)).id();
      UserId bob = get(town.b.node.directory.createUser("bob", null, null)).id();
      var everywhere = town.a.node.everywhere();
      awaitMeeting(town);
      var sent = get(everywhere.submit(ann, Load.chat(ann, bob, "text 0")));
      Awaitility.await()
          .dontCatchUncaughtExceptions()
          .atMost(LONG)
          .until(() -> town.a.node.mailboxes.level() == FeatureLevel.OWN);
      for (int i = 0; i < 3; i++) {
        var refused =
            assertThrows(
                AssertionError.class, () -> get(everywhere.submit(ann, edit(sent.id(), 1))));
        assertEquals(
            Rejected.Rule.BUSY, assertInstanceOf(Rejected.class, refused.getCause()).rule());
      }
      assertEquals("text 0", text(everywhere, ann, sent.id()));
      town.levels.put("b", FeatureLevel.OWN);
      town.b.kill();
      insist(everywhere, ann, edit(sent.id(), 1));
      Awaitility.await()
          .dontCatchUncaughtExceptions()
          .atMost(LONG)
          .until(() -> seen(town.b.node.everywhere(), bob).equals(List.of("text 1")));
    }
  }

  @Test
  void itArrivesWhileItsReaderMovesToTheSendersCellAndItsSenderAway() {
    try (var town = new TwoCells(data.resolve("town"), TwoCells.settings(), true)) {
      UserId ann = get(town.a.node.directory.createUser("ann", null, null)).id();
      UserId bob = get(town.b.node.directory.createUser("bob", null, null)).id();
      var everywhere = town.a.node.everywhere();
      awaitMeeting(town);
      var sent = get(everywhere.submit(ann, Load.chat(ann, bob, "text 0")));
      int number = 0;
      insist(everywhere, ann, edit(sent.id(), ++number));
      move(town, bob, "a");
      for (int i = 0; i < 5; i++) {
        insist(everywhere, ann, edit(sent.id(), ++number));
      }
      move(town, ann, "b");
      while (number < 18 || !town.account(ann).cell().equals("b") && number < 20) {
        insist(everywhere, ann, edit(sent.id(), ++number));
      }
      Awaitility.await()
          .dontCatchUncaughtExceptions()
          .atMost(LONG)
          .until(
              () -> town.account(ann).cell().equals("b") && town.account(bob).cell().equals("a"));
      var last = List.of("text " + number);
      Awaitility.await()
          .dontCatchUncaughtExceptions()
          .atMost(LONG)
          .until(() -> seen(everywhere, bob).equals(last));
      assertEquals(last, seen(everywhere, ann));
      get(town.a.node.mailboxes.rebuild(bob));
      get(town.b.node.mailboxes.rebuild(ann));
      assertEquals(last, seen(everywhere, bob));
      assertEquals(last, seen(everywhere, ann));
    }
  }

  private static void awaitMeeting(TwoCells town) {
    for (TestCell cell : List.of(town.a, town.b)) {
      Awaitility.await()
          .dontCatchUncaughtExceptions()
          .atMost(LONG)
          .until(() -> cell.node.others().isReached(cell == town.a ? "b" : "a"));
    }
  }

  /** The texts of all messages of somebody. */
  private static List<String> seen(MailboxService mailboxes, UserId user) {
    var threads =
        TwoCells.insist(() -> mailboxes.query(user, new Query.Threads(null, null, 100, null)));
    return threads.threads().stream()
        .flatMap(
            thread ->
                TwoCells.insist(
                    () ->
                        mailboxes.query(
                            user, new Query.Messages(thread.id(), null, null, 100, null, null)))
                    .messages()
                    .stream())
        .map(m -> Objects.requireNonNull(m.message()).text())
        .toList();
  }

  private static void move(TwoCells town, UserId user, String cell) {
    var account = get(town.a.node.directory.moves().plan(user, cell));
    int generation = Objects.requireNonNull(account.move()).generation();
    var leave = new Command.Leave(cell, generation);
    TwoCells.insist(() -> town.a.node.everywhere().submit(user, leave));
  }
}
