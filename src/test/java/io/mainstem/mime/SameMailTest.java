package io.mainstem.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SameMailTest {
  private static final String COPY =
      "From: alice@mainstem.test\r\nSubject: folded\r\n once\r\nMessage-ID: <1@x>\r\n\r\nText.\r\n";
  private static final String TRACE = "Received: from a user of this server\r\n for you;\r\n";

  @Test
  void whatWasSentBearsTraceFieldsAndIsTheSame() throws IOException {
    assertHolds(true, TRACE + COPY, COPY);
    assertHolds(true, COPY, COPY);
  }

  @Test
  void fieldsMayStandInAnotherOrder() throws IOException {
    assertHolds(
        true,
        TRACE + COPY,
        "Message-ID: <1@x>\r\nFrom: alice@mainstem.test\r\n"
            + "Subject: folded\r\n once\r\n\r\nText.\r\n");
  }

  /** Nothing of what a program wants to keep is dropped. */
  @Test
  void aCopyThatSaysMoreIsAnother() throws IOException {
    assertHolds(false, TRACE + COPY, "Bcc: carol@mainstem.test\r\n" + COPY);
    assertHolds(
        false,
        "Bcc: bob@mainstem.test\r\n" + TRACE + COPY,
        "Bcc: bob@mainstem.test, carol@mainstem.test\r\n" + COPY);
    assertHolds(false, "Bcc: bob@mainstem.test\r\n" + COPY, "bcc: who?\r\n" + COPY);
    assertHolds(false, TRACE + COPY, COPY + "More.\r\n");
    assertHolds(false, TRACE + COPY, COPY.replace(" once", " twice"));
    assertHolds(false, TRACE + COPY, COPY.replace("Text.", "text."));
    assertHolds(false, TRACE + COPY, "From: alice@mainstem.test\r\n" + COPY);
    assertHolds(false, COPY.substring(0, COPY.length() - 2), COPY);
  }

  /** A program that keeps Bcc to itself names them to the server one by one. */
  @Test
  void ofBccTheAddressesCount() throws IOException {
    String sent = "Bcc: bob@mainstem.test,\r\n carol@mainstem.test\r\n" + TRACE + COPY;
    assertHolds(true, sent, "BCC: Carol <Carol@mainstem.test>\r\n" + COPY);
    assertHolds(true, sent, COPY);
    assertHolds(true, TRACE + COPY, "Bcc: \r\n" + COPY);
    assertHolds(
        true,
        sent,
        COPY.replace(
            "\r\n\r\n",
            "\r\nBcc: =?utf-8?q?B=C3=B6b?= <bob@mainstem.test>,\r\n\t\"C, D\""
                + " <carol@mainstem.test>\r\n\r\n"));
  }

  @Test
  void headersWithoutBodyAreCompared() throws IOException {
    assertHolds(true, "A: b\r\n", "A: b\r\n");
    assertHolds(true, "A: b", "A: b");
    assertHolds(true, "A: b\r\n c", "A: b\r\n c");
    assertHolds(false, "A: b\r\n d", "A: b\r\n c");
    assertHolds(false, "A: b\r\n", "A: c\r\n");
    assertHolds(true, "", "");
    assertHolds(false, "\r\nText", "");
  }

  /** A header beyond what is looked at is no reason to read on. */
  @Test
  void endlessHeadersAreAnother() throws IOException {
    String endless = "A: " + "b".repeat(1 << 20) + "\r\n\r\n";
    assertHolds(false, endless, endless);
  }

  private static void assertHolds(boolean expected, String mail, String copy) throws IOException {
    assertEquals(
        expected,
        SameMail.holds(stream(mail), stream(copy)),
        () -> mail.substring(0, Math.min(200, mail.length())));
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
