package io.mainstem.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.mainstem.message.Rejected;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
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

  /** RFC 6532 §3.2; what is not UTF-8 is Western, as in all other fields. */
  @Test
  void bccIsKeptForTheSenderInWhateverCharset() {
    assertNull(bcc("From: a@x\r\nResent-Bcc: z@x\r\n\r\n".getBytes(UTF_8)));
    String field = "Bcc: J\u00f6rg <j@x>,\r\n \u00c4nne <other@x>\r\n";
    assertEquals(field, bcc(("From: a@x\r\n" + field + "\r\n").getBytes(UTF_8)));
    assertEquals(field, bcc(("From: a@x\r\n" + field + "\r\n").getBytes(ISO_8859_1)));
    var both =
        Buffer.buffer()
            .appendBytes(field.getBytes(ISO_8859_1))
            .appendBytes("To: b@x\r\n".getBytes(UTF_8))
            .appendBytes(field.getBytes(UTF_8))
            .appendString("\r\n");
    assertEquals(field + field, bcc(both.getBytes()));
  }

  private static @Nullable String bcc(byte[] mail) {
    SubmissionCleaner cleaner = new SubmissionCleaner(NOW, "new@here", 100_000);
    for (byte b : mail) {
      assertNotNull(cleaner.onData(Buffer.buffer(new byte[] {b})));
    }
    assertNotNull(cleaner.onEnd());
    return cleaner.bcc();
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
