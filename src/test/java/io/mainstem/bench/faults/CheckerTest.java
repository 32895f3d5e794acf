package io.mainstem.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.bench.faults.Evidence.Asked;
import io.mainstem.bench.faults.Evidence.Entry;
import io.mainstem.bench.faults.Evidence.Followed;
import io.mainstem.bench.faults.Evidence.MailboxSeen;
import io.mainstem.bench.faults.Evidence.Shown;
import io.mainstem.bench.faults.Evidence.ThreadSeen;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The checker finds each kind of fault in a history that was good before, and nothing else. */
class CheckerTest {
  private final List<Asked> asked =
      new ArrayList<>(
          List.of(
              new Asked("<1>", "ann", "ben", true),
              new Asked("<2>", "ben", "ann", true),
              new Asked("<3>", "ann", "ben", true)));

  /** Of each user: the conversation's messages, and what each of two devices was told. */
  private final Map<String, List<Shown>> shown = new LinkedHashMap<>();

  private final Map<String, List<Entry>> logs = new LinkedHashMap<>();
  private final Map<String, List<Entry>> told = new LinkedHashMap<>();
  private final Map<String, Long> threadUnread = new LinkedHashMap<>();
  private final Map<String, Long> unread = new LinkedHashMap<>();
  private final Map<String, Long> requests = new LinkedHashMap<>();
  private int resets;

  CheckerTest() {
    shown.put(
        "ann",
        new ArrayList<>(
            List.of(new Shown("<1>", false), new Shown("<2>", true), new Shown("<3>", false))));
    shown.put(
        "ben",
        new ArrayList<>(
            List.of(new Shown("<1>", false), new Shown("<2>", false), new Shown("<3>", true))));
    for (String user : List.of("ann", "ben")) {
      var log =
          List.of(
              new Entry("1.4", List.of("<1>")),
              new Entry("1.5", List.of("<2>")),
              new Entry("1.6", List.of()),
              new Entry("1.7", List.of("<3>")));
      logs.put(user, new ArrayList<>(log));
      told.put(user + 0, new ArrayList<>(log));
      told.put(user + 1, new ArrayList<>(log));
      threadUnread.put(user, 1L);
      unread.put(user, 1L);
      requests.put(user, 0L);
    }
  }

  private Verdict verdict() {
    var mailboxes = new LinkedHashMap<String, MailboxSeen>();
    var devices = new ArrayList<Followed>();
    shown.forEach(
        (user, messages) -> {
          mailboxes.put(
              user,
              new MailboxSeen(
                  List.of(
                      new ThreadSeen(
                          "t-" + user, true, false, threadUnread.get(user), List.copyOf(messages))),
                  List.copyOf(logs.get(user)),
                  unread.get(user),
                  requests.get(user)));
          for (int device = 0; device < 2; device++) {
            devices.add(
                new Followed(
                    user,
                    device,
                    List.copyOf(told.get(user + device)),
                    device == 1 && user.equals("ben") ? resets : 0));
          }
        });
    return Checker.check(new Evidence(List.copyOf(asked), devices, mailboxes));
  }

  /**
   * Numbers of the verdict: acknowledged, lost, duplicated, invented, order, counts, unanswered.
   */
  private void finds(int... expected) {
    Verdict v = verdict();
    assertEquals(
        java.util.Arrays.stream(expected).mapToObj(Long::valueOf).map(Object.class::cast).toList(),
        java.util.stream.LongStream.of(
                v.acknowledged(),
                v.lost(),
                v.duplicated(),
                v.invented(),
                v.orderDiffers(),
                v.countsWrong(),
                v.unanswered())
            .mapToObj(Long::valueOf)
            .map(Object.class::cast)
            .toList(),
        () -> v.words().toString());
    assertEquals(
        v.lost()
                + v.duplicated()
                + v.invented()
                + v.orderDiffers()
                + v.countsWrong()
                + v.unanswered()
            == 0,
        v.isGood());
    assertEquals(v.isGood(), v.words().isEmpty(), "every finding has words");
  }

  @Test
  void whatIsRightIsGood() {
    finds(3, 0, 0, 0, 0, 0, 0);
    assertTrue(verdict().isGood());
  }

  @Test
  void whatWasNeverAcknowledgedMayBeThereOrNotButIsTold() {
    asked.add(new Asked("<4>", "ann", "ben", false));
    finds(3, 0, 0, 0, 0, 0, 1);
    shown.get("ann").add(new Shown("<4>", false));
    finds(3, 0, 0, 0, 0, 0, 1);
    assertFalse(verdict().isGood());
  }

  @Test
  void aMessageMissingAtTheSenderIsLost() {
    shown.get("ann").remove(2);
    finds(3, 1, 0, 0, 0, 0, 0);
  }

  @Test
  void aMessageMissingAtTheRecipientIsLost() {
    shown.get("ben").remove(0);
    finds(3, 1, 0, 0, 0, 0, 0);
  }

  @Test
  void aMessageMissingInAMailboxThatHoldsNothingIsLost() {
    shown.get("ben").clear();
    threadUnread.put("ben", 0L);
    unread.put("ben", 0L);
    finds(3, 3, 0, 0, 0, 0, 0);
  }

  @Test
  void aMessageThatADeviceWasNeverToldIsLost() {
    told.get("ben1").remove(3);
    // The entry and the message in it.
    finds(3, 2, 0, 0, 0, 0, 0);
  }

  @Test
  void anEntryWithoutMessageThatADeviceWasNeverToldIsLost() {
    told.get("ann0").remove(2);
    finds(3, 1, 0, 0, 0, 0, 0);
  }

  @Test
  void aRefusedCursorIsALoss() {
    resets = 1;
    finds(3, 1, 0, 0, 0, 0, 0);
  }

  @Test
  void aMessageTwiceInAMailboxIsDuplicated() {
    shown.get("ben").add(2, new Shown("<2>", false));
    finds(3, 0, 1, 0, 0, 0, 0);
  }

  @Test
  void anEntryThatCameTwiceIsDuplicated() {
    told.get("ben0").add(told.get("ben0").get(2));
    // It also came after a later one.
    finds(3, 0, 1, 0, 1, 0, 0);
    told.get("ben0").removeLast();
    told.get("ben0").add(2, told.get("ben0").get(2));
    finds(3, 0, 1, 0, 0, 0, 0);
  }

  @Test
  void aMessageThatCameInTwoEntriesIsDuplicated() {
    var second = new Entry("1.8", List.of("<3>"));
    logs.get("ben").add(second);
    told.get("ben0").add(second);
    told.get("ben1").add(second);
    finds(3, 0, 1, 0, 0, 0, 0);
  }

  @Test
  void aMessageThatNobodyWroteIsInvented() {
    shown.get("ben").add(new Shown("<9>", false));
    finds(3, 0, 0, 1, 0, 0, 0);
  }

  @Test
  void aMessageAtSomebodyElseIsInvented() {
    asked.add(new Asked("<5>", "ann", "cyd", true));
    shown.get("ann").add(new Shown("<5>", false));
    shown.get("ben").add(new Shown("<5>", false));
    told.get("ann0").add(new Entry("1.8", List.of("<5>")));
    told.get("ann1").add(new Entry("1.8", List.of("<5>")));
    logs.get("ann").add(new Entry("1.8", List.of("<5>")));
    finds(4, 0, 0, 1, 0, 0, 0);
  }

  @Test
  void anEntryThatStandsInNoLogIsInvented() {
    told.get("ann1").add(2, new Entry("1.99", List.of()));
    finds(3, 0, 0, 1, 0, 0, 0);
  }

  @Test
  void anotherOrderAtTheOtherDiffers() {
    shown.get("ben").add(shown.get("ben").remove(0));
    assertTrue(verdict().orderDiffers() > 0);
    assertEquals(0, verdict().lost() + verdict().duplicated() + verdict().invented());
  }

  @Test
  void anotherOrderAtADeviceDiffers() {
    told.get("ann1").add(told.get("ann1").remove(1));
    finds(3, 0, 0, 0, 1, 0, 0);
  }

  @Test
  void countsThatDifferFromARecountAreWrong() {
    threadUnread.put("ann", 2L);
    finds(3, 0, 0, 0, 0, 1, 0);
    unread.put("ann", 0L);
    finds(3, 0, 0, 0, 0, 2, 0);
    requests.put("ben", 1L);
    finds(3, 0, 0, 0, 0, 3, 0);
  }

  @Test
  void messagesWithoutAMarkConcernNobody() {
    shown.get("ben").add(1, new Shown("", false));
    finds(3, 0, 0, 0, 0, 0, 0);
  }
}
