package io.mainstem.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker of syncs finds what it is there to find, and reads what strace prints. */
class SyncTraceTest {
  private static final String WRITE = "11 write(7</d/store/000012.log>, \"..mark-a1..\", 40) = 40";
  private static final String SYNC = "11 fdatasync(7</d/store/000012.log>) = 0";
  private static final String FAILED =
      "11 fdatasync(7</d/store/000012.log>) = -1 EIO (Input/output error) (INJECTED)";
  private static final String OTHER = "12 fdatasync(8</d/blob/1.vol>) = 0";
  private static final String REPLY = "13 write(9<socket:[4711]>, \"250 2.0.0 mark-a1\", 17) = 17";

  private static String objection(String... lines) {
    var trace = SyncTrace.parse(List.of(lines));
    return trace.objection("mark-a1", 1, trace.reply("mark-a1", 0));
  }

  @Test
  void writtenSyncedAnsweredIsRight() {
    assertNull(objection(WRITE, SYNC, REPLY));
  }

  @Test
  void answeredBeforeTheSyncIsWrong() {
    assertNotNull(objection(WRITE, REPLY, SYNC));
    assertNotNull(objection(REPLY, WRITE, SYNC));
    assertNotNull(objection(WRITE, REPLY));
  }

  @Test
  void aSyncOfAnotherFileIsNone() {
    assertNotNull(objection(WRITE, OTHER, REPLY));
  }

  @Test
  void aSyncThatBeganBeforeTheWriteIsNone() {
    assertNotNull(
        objection(
            "14 fdatasync(7</d/store/000012.log> <unfinished ...>",
            WRITE,
            "14 <... fdatasync resumed>) = 0",
            REPLY));
  }

  @Test
  void aSyncThatEndsAfterTheReplyIsNone() {
    assertNotNull(
        objection(
            WRITE,
            "14 fdatasync(7</d/store/000012.log> <unfinished ...>",
            REPLY,
            "14 <... fdatasync resumed>) = 0"));
  }

  @Test
  void aSyncThatAnotherThreadInterruptsInTheTraceCounts() {
    assertNull(
        objection(
            WRITE,
            "14 fdatasync(7</d/store/000012.log> <unfinished ...>",
            OTHER,
            "14 <... fdatasync resumed>)          = 0",
            REPLY));
  }

  @Test
  void aWriteThatIsShownInTwoPiecesCounts() {
    assertNull(
        objection(
            WRITE.replace(", 40) = 40", ", 40 <unfinished ...>"),
            OTHER,
            "11 <... write resumed>)              = 40",
            SYNC,
            REPLY));
  }

  @Test
  void aFailedSyncIsNotMendedByALaterOne() {
    assertNotNull(objection(WRITE, FAILED, SYNC, REPLY));
    assertNull(objection(WRITE, FAILED, WRITE, SYNC, REPLY));
  }

  @Test
  void twoLogsNeedTwoSyncedCopies() {
    var lines = new ArrayList<>(List.of(WRITE, SYNC, REPLY));
    assertNotNull(SyncTrace.parse(lines).objection("mark-a1", 2, 2));
    lines.add(0, WRITE);
    assertNull(SyncTrace.parse(lines).objection("mark-a1", 2, 3));
  }

  @Test
  void readsUnfinishedCallsAsOne() {
    var calls =
        SyncTrace.parse(
                List.of(
                    "5 write(7</d/x>, \"mark-a1\", 7 <unfinished ...>",
                    "6 fsync(8</d/y>) = 0",
                    "5 <... write resumed>) = 7"))
            .calls();
    assertEquals(2, calls.size());
    assertEquals("write", calls.get(1).name());
    assertEquals(0, calls.get(1).begun());
    assertEquals(2, calls.get(1).ended());
    assertFalse(SyncTrace.parse(List.of(FAILED)).calls().getFirst().succeeded());
  }
}
