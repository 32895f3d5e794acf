package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.Channel;
import io.mainstem.message.Rejected;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a mailbox takes, and which cursors it knows, while it goes from cell to cell. */
class DepartingTest {
  private final Town town = new Town("alice", "bob");
  private final SimMailbox box = town.at("alice");

  @BeforeEach
  void talk() {
    town.chat("alice", "hello", "bob");
    town.settle();
  }

  private Rejected rejected(Command<?> command) {
    long before = box.lastSeq();
    var rejected = assertThrows(Rejected.class, () -> box.submit(command, town.now, town.chance()));
    assertEquals(before, box.lastSeq());
    return rejected;
  }

  private Rejected.Rule refused(Command<?> command) {
    return rejected(command).rule();
  }

  private Command.Send message() {
    return Command.Send.of(
        town.id(),
        null,
        Town.message(Channel.CHAT, Town.person("alice"), List.of(Town.person("bob")), "", "more"),
        List.of(Town.person("bob")),
        null);
  }

  private Query.UpdatePage after(int generation, long seq) {
    return town.ask("alice", new Query.Updates(new Cursor(generation, seq), 100));
  }

  @Test
  void whoLeavesGoesOnUntilHeIsFrozen() {
    assertTrue(town.submit("alice", new Command.Leave("b", 2)).changed());
    assertFalse(town.submit("alice", new Command.Leave("b", 2)).changed());
    town.chat("alice", "still here", "bob");
    assertTrue(town.submit("alice", new Command.Freeze("b", 2)).changed());
    assertFalse(town.submit("alice", new Command.Freeze("b", 2)).changed());
    for (var command : List.of(message(), new Command.Due(), new Command.Leave("b", 2))) {
      assertEquals(
          "b", assertInstanceOf(Moved.class, rejected(command), "whoever asks waits for b").cell());
    }
    assertEquals(1, town.threads("alice").size(), "it can be read all the same");
    assertFalse(Mailbox.agendaIsDone(box.image, 1), "its next owner goes on with the move");
  }

  @Test
  void aMoveThatWasGivenUpIsNeverTakenUpAgain() {
    town.submit("alice", new Command.Leave("b", 2));
    town.submit("alice", new Command.Freeze("b", 2));
    assertTrue(town.submit("alice", new Command.Thaw(2)).changed());
    assertFalse(town.submit("alice", new Command.Thaw(2)).changed());
    assertNull(Mailbox.departure(box.image, 1));
    town.chat("alice", "here again", "bob");
    assertEquals(Rejected.Rule.CONFLICT, refused(new Command.Freeze("b", 2)));
    assertEquals(Rejected.Rule.CONFLICT, refused(new Command.Leave("b", 2)));
    assertTrue(town.submit("alice", new Command.Freeze("b", 3)).changed());
  }

  @Test
  void aMoveIsGivenUpBeforeTheMailboxHearsOfIt() {
    assertTrue(town.submit("alice", new Command.Thaw(2)).changed());
    assertEquals(Rejected.Rule.CONFLICT, refused(new Command.Freeze("b", 2)));
  }

  @Test
  void twoMovesAtOnceAreRefused() {
    town.submit("alice", new Command.Leave("b", 2));
    assertEquals(Rejected.Rule.CONFLICT, refused(new Command.Leave("c", 2)));
    assertEquals(Rejected.Rule.CONFLICT, refused(new Command.Freeze("c", 3)));
  }

  @Test
  void theCopyTakesCommandsAndGoesOnFromOldCursors() {
    long seen = box.lastSeq();
    town.chat("alice", "seen by no device yet", "bob");
    town.settle();
    town.submit("alice", new Command.Leave("b", 2));
    long frozenAt = town.submit("alice", new Command.Freeze("b", 2)).cursor().seq();
    assertEquals(frozenAt, Objects.requireNonNull(Mailbox.departure(box.image, 1)).frozenAt());
    var before = after(1, seen);

    box.generation = 2;
    assertNull(Mailbox.departure(box.image, 2));
    assertTrue(Mailbox.hasJustArrived(box.image, 2));
    assertTrue(Mailbox.agendaIsDone(box.image, 2));
    var there = after(1, seen);
    assertEquals(
        before.frames().stream().map(Frame::changes).toList(),
        there.frames().stream().map(Frame::changes).toList());
    assertEquals(new Cursor(2, frozenAt), there.cursor());

    town.chat("alice", "from the other cell", "bob");
    assertFalse(Mailbox.hasJustArrived(box.image, 2));
    assertEquals(1, after(1, frozenAt).frames().size());
    // After Frozen only fences followed in the old generation, which say nothing.
    assertEquals(after(1, frozenAt).frames(), after(1, frozenAt + 2).frames());
  }

  @Test
  void aCursorOfAGenerationThatThisOneDoesNotContinueIsReset() {
    town.submit("alice", new Command.Freeze("b", 5));
    box.generation = 5;
    for (int strange : new int[] {2, 3, 4, 6}) {
      assertEquals(
          Rejected.Rule.RESET,
          assertThrows(Rejected.class, () -> after(strange, 1)).rule(),
          "generation " + strange);
    }
    assertEquals(1, after(1, box.lastSeq() - 1).frames().size());
    town.submit("alice", new Command.Freeze("c", 6));
    box.generation = 6;
    assertEquals(box.log.size(), after(1, 0).frames().size());
    assertEquals(1, after(5, box.lastSeq() - 1).frames().size());
  }
}
