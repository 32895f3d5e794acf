package io.mainstem.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.mainstem.message.Rejected;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SubmissionCleanerTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final String ADDED =
      "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <new@here>\r\n";

  @Test
  void bccIsTakenOutAndTheRestIsUntouched() {
    check(
        "From: a@x\r\n"
            + "Bcc: secret@x,\r\n"
            + " other@x\r\n"
            + "To: b@x\r\n"
            + "Date: d\r\n"
            + "Message-ID: <m@x>\r\n"
            + "resent-bcc: z@x\r\n\r\n"
            + "Bcc: in the body\r\n",
        "From: a@x\r\nTo: b@x\r\nDate: d\r\nMessage-ID: <m@x>\r\n\r\nBcc: in the body\r\n");
  }

  @Test
  void whatIsMissingIsAdded() {
    check("From: a@x\r\n\r\nhi\0\u00ff\r\n", "From: a@x\r\n" + ADDED + "\r\nhi\0\u00ff\r\n");
    check(
        "From: a@x\r\nMESSAGE-ID: <m@x>\r\n\r\n",
        "From: a@x\r\nMESSAGE-ID: <m@x>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\n");
    check("From: a@x\nDate : d\n\nhi", "From: a@x\nDate : d\nMessage-ID: <new@here>\r\n\nhi");
  }

  @Test
  void aMailWithoutABodyOrHeaderIsCompleted() {
    check("From: a@x\r\n", "From: a@x\r\n" + ADDED);
    check("From: a@x", "From: a@x\r\n" + ADDED);
    check("", ADDED);
    check("\r\nonly body", ADDED + "\r\nonly body");
    check("no header here\r\nat all\r\n", ADDED + "\r\nno header here\r\nat all\r\n");
    check("Bcc: all@x\r\n\r\nx", ADDED + "\r\nx");
  }

  @Test
  void aHeaderBeyondItsBoundIsRefused() {
    SubmissionCleaner cleaner = new SubmissionCleaner(NOW, "new@here", 1_000);
    assertThrows(Rejected.class, () -> cleaner.onData(Buffer.buffer("X: y\r\n".repeat(300))));
  }

  /** However the stream is cut, the result is one. */
  private static void check(String mail, String expected) {
    Buffer whole = Buffer.buffer(mail, "ISO-8859-1");
    for (int cut = 0; cut <= whole.length(); cut++) {
      SubmissionCleaner cleaner = new SubmissionCleaner(NOW, "new@here", 100_000);
      Buffer out = Buffer.buffer();
      out.appendBuffer(cleaner.onData(whole.getBuffer(0, cut)));
      out.appendBuffer(cleaner.onData(whole.getBuffer(cut, whole.length())));
      out.appendBuffer(cleaner.onEnd());
      assertEquals(expected, out.toString("ISO-8859-1"), "cut at " + cut);
    }
    SubmissionCleaner bytewise = new SubmissionCleaner(NOW, "new@here", 100_000);
    Buffer out = Buffer.buffer();
    for (int i = 0; i < whole.length(); i++) {
      out.appendBuffer(bytewise.onData(whole.getBuffer(i, i + 1)));
    }
    assertEquals(expected, out.appendBuffer(bytewise.onEnd()).toString("ISO-8859-1"));
  }
}
