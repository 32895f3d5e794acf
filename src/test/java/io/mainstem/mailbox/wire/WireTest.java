package io.mainstem.mailbox.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mailbox.Change;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Signal;
import io.mainstem.message.Rejected;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Whatever a mailbox is asked or answers goes from node to node and comes back equal. */
class WireTest {
  private static final int ROUNDS = 50;

  /** Each permitted kind, so that one that a union lacks fails here. */
  private static void everyKind(Class<?> sealed, UnaryOperator<Object> through) {
    for (Class<?> kind : sealed.getPermittedSubclasses()) {
      for (int seed = 0; seed < ROUNDS; seed++) {
        Object sample = new Samples(seed).of(kind);
        assertEquals(sample, through.apply(sample), kind + " with seed " + seed);
      }
    }
  }

  @Test
  void everyCommandComesBackEqual() {
    everyKind(Command.class, each -> Wire.command(Wire.command((Command<?>) each)));
  }

  @Test
  void everyQueryComesBackEqual() {
    everyKind(Query.class, each -> Wire.query(Wire.query((Query<?>) each)));
  }

  @Test
  void everyReplyComesBackEqual() {
    everyKind(Reply.class, each -> Wire.reply(Wire.reply((Reply) each)));
  }

  @Test
  void everySignalComesBackEqual() {
    everyKind(Signal.class, each -> Wire.signal(Wire.signal((Signal) each)));
  }

  @Test
  void everyChangeComesBackEqualInItsFrame() {
    everyKind(
        Change.class,
        each -> {
          var frame = new Frame(new Cursor(3, 7), List.of((Change) each, (Change) each));
          Frame back = Wire.frame(Wire.frame(frame));
          assertEquals(frame, back);
          return back.changes().get(1);
        });
  }

  @Test
  void everyAnswerComesBackEqual() {
    for (Class<?> kind : Query.class.getPermittedSubclasses()) {
      var answered =
          ((ParameterizedType) kind.getGenericInterfaces()[0]).getActualTypeArguments()[0];
      for (int seed = 0; seed < ROUNDS; seed++) {
        var samples = new Samples(seed);
        var query = (Query<?>) samples.of(kind);
        Object answer = samples.of(answered);
        assertEquals(answer, Wire.answer(Wire.answer(query, answer)), kind + " with seed " + seed);
      }
    }
  }

  @Test
  void everyRuleComesBack() {
    for (Rejected.Rule rule : Rejected.Rule.values()) {
      Rejected back = Wire.refusal(Wire.refusal(new Rejected(rule, "why")));
      assertEquals(rule, back.rule());
      assertEquals("why", back.getMessage());
    }
  }

  @Test
  void emptyListsAreAnswersToo() {
    assertEquals(List.of(), Wire.answer(Wire.answer(new Query.Drafts(), new ArrayList<Object>())));
  }

  @Test
  void anUnknownKindIsRefused() {
    // Field 100, which only a newer version knows.
    byte[] newer = {(byte) 0xa2, 0x06, 0x00};
    assertThrows(IllegalArgumentException.class, () -> Wire.command(newer));
    assertThrows(IllegalArgumentException.class, () -> Wire.query(newer));
    assertThrows(IllegalArgumentException.class, () -> Wire.reply(newer));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> Wire.signal(new byte[] {1, 2, 3}))
            .getMessage()
            .startsWith("not a"));
  }
}
