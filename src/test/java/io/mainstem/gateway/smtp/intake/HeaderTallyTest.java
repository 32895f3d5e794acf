package io.mainstem.gateway.smtp.intake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HeaderTallyTest {
  private static final String MAIL =
      "Received: from a by b;\r\n"
          + " date\r\n"
          + "RECEIVED : from c\r\n"
          + "Received-SPF: none\r\n"
          + "Subject: Received: x\r\n"
          + "Message-ID:\r\n"
          + " <1@c.example>\r\n"
          + "Date: Sat, 21 Nov 2026 10:00:00 +0100 (CET)\r\n\r\n"
          + "Received: in the text\r\n";

  @Test
  void readsTheHeaderHoweverItIsCut() {
    byte[] bytes = MAIL.getBytes(StandardCharsets.US_ASCII);
    for (int cut = 0; cut <= bytes.length; cut++) {
      var tally = new HeaderTally();
      tally.update(java.util.Arrays.copyOfRange(bytes, 0, cut));
      tally.update(java.util.Arrays.copyOfRange(bytes, cut, bytes.length));
      assertEquals(2, tally.received());
      assertArrayEquals("<1@c.example>".getBytes(StandardCharsets.US_ASCII), tally.messageId());
      assertEquals(Instant.parse("2026-11-21T09:00:00Z").toEpochMilli(), tally.dateMillis());
    }
  }

  @Test
  void aMailWithoutHeaderHasNothing() {
    var tally = new HeaderTally();
    tally.update("\r\nReceived: x\r\n".getBytes(StandardCharsets.US_ASCII));
    assertEquals(0, tally.received());
    assertNull(tally.messageId());
    assertNull(tally.dateMillis());
  }

  @Test
  void aDateThatCannotBeReadIsNone() {
    var tally = new HeaderTally();
    tally.update("Date: yesterday\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertNull(tally.dateMillis());
  }
}
