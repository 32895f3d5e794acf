package io.mainstem.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The checker finds what it is there to find. */
class HistoryTest {
  private final History history = new History();

  HistoryTest() {
    history.ask("m1", List.of("a", "b"));
    history.ask("m2", List.of("a"));
    history.acknowledge("m1");
  }

  @Test
  void whatWasAcknowledgedAndIsThereOnceIsRight() {
    assertEquals(List.of(), history.verdict(Map.of("a", List.of("m1", "m2"), "b", List.of("m1"))));
    assertEquals(List.of(), history.verdict(Map.of("a", List.of("m1"), "b", List.of("m1"))));
  }

  @Test
  void findsWhatIsLost() {
    assertTrue(
        history
            .verdict(Map.of("a", List.of("m1"), "b", List.of()))
            .toString()
            .contains("lost: m1"));
  }

  @Test
  void findsWhatIsThereTwice() {
    assertTrue(
        history
            .verdict(Map.of("a", List.of("m1", "m2", "m2"), "b", List.of("m1")))
            .toString()
            .contains("duplicated: m2"));
  }

  @Test
  void findsWhatNobodySent() {
    assertTrue(
        history
            .verdict(Map.of("a", List.of("m1"), "b", List.of("m1", "m2")))
            .toString()
            .contains("invented: m2"));
  }
}
