package io.mainstem.gateway.smtp.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.mainstem.message.MessageId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MailIdentityTest {
  private static final long NOW = Instant.parse("2026-11-21T11:00:00Z").toEpochMilli();
  private static final byte[] MESSAGE_ID = "<1@b.example>".getBytes(StandardCharsets.US_ASCII);

  private static byte[] hash(String text, String sender, byte[] messageId, int cut) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    var identity = new MailIdentity();
    identity.update(java.util.Arrays.copyOfRange(bytes, 0, cut));
    identity.update(java.util.Arrays.copyOfRange(bytes, cut, bytes.length));
    return identity.finish(sender, messageId);
  }

  private static MessageId id(String text, String sender, byte[] messageId) {
    return MailIdentity.id(hash(text, sender, messageId, 1), 0, NOW, NOW);
  }

  @Test
  void theSameMailHasTheSameIdDaysLater() {
    long date = NOW - Duration.ofHours(1).toMillis();
    byte[] hash = hash("text", "<a@b.example>", MESSAGE_ID, 2);
    MessageId first = MailIdentity.id(hash, 0, date, NOW);
    assertEquals(
        first,
        MailIdentity.id(
            hash("text", "<a@b.example>", MESSAGE_ID, 3),
            0,
            date,
            NOW + Duration.ofDays(5).toMillis()));
    assertEquals(date, first.millis());
  }

  @Test
  void withoutAGoodDateTheDayIsTaken() {
    byte[] hash = hash("text", "<>", MESSAGE_ID, 2);
    MessageId first = MailIdentity.id(hash, 0, null, NOW);
    assertEquals(first, MailIdentity.id(hash, 0, null, NOW + Duration.ofHours(3).toMillis()));
    assertEquals(first, MailIdentity.id(hash, 0, NOW - Duration.ofDays(7).toMillis(), NOW));
    assertEquals(first, MailIdentity.id(hash, 0, NOW + Duration.ofDays(2).toMillis(), NOW));
    assertEquals(Instant.parse("2026-11-21T00:00:00Z").toEpochMilli(), first.millis());
  }

  @Test
  void anotherMailHasAnotherId() {
    MessageId first = id("text", "<a@b.example>", MESSAGE_ID);
    assertNotEquals(first, id("texd", "<a@b.example>", MESSAGE_ID));
    assertNotEquals(first, id("text", "<c@b.example>", MESSAGE_ID));
    assertNotEquals(first, id("text", "<a@b.example>", null));
    assertNotEquals(
        first, MailIdentity.id(hash("text", "<a@b.example>", MESSAGE_ID, 1), 1, NOW, NOW));
  }

  @Test
  void aMailWhoseReplyWasSeenIsCountedUpToABound() {
    var seen = new SeenReplies(2);
    byte[] one = {1};
    assertEquals(0, seen.count(one));
    seen.onSeen(one, 0);
    seen.onSeen(one.clone(), 0);
    assertEquals(1, seen.count(one), "two connections that saw the same repeat count once");
    seen.onSeen(one, 1);
    assertEquals(2, seen.count(one));
    seen.onSeen(new byte[] {2}, 0);
    seen.onSeen(new byte[] {3}, 0);
    assertEquals(0, seen.count(one), "the oldest is forgotten");
  }
}
