package io.mainstem.gateway.smtp.intake;

import io.mainstem.gateway.smtp.protocol.ReversePath;
import io.mainstem.message.MessageId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes the id of a mail of its bytes, its reverse-path and its Message-ID, so that the same mail
 * has the same id when it comes again because our reply was lost (RFC 5321 §4.5.4.1, RFC 1047).
 * Confined to one connection.
 *
 * <p>An id carries a time, by which mailboxes look in young pages only; so that has to be the same
 * again, too. It is the mail's own Date, where that is of these days, and else the start of the day
 * in which the mail came: a mail with neither a good Date nor luck, which is sent again beyond
 * midnight UTC, is taken for another.
 */
final class MailIdentity {
  /** Mailboxes take ids of within seven days; a repeat may come half a day later than the first. */
  private static final Duration OLDEST = Duration.ofHours(156);

  private static final Duration YOUNGEST = Duration.ofHours(24);
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  private final MessageDigest digest = sha256();

  void update(byte[] bytes) {
    digest.update(bytes);
  }

  /**
   * The hash of the mail; ends this.
   *
   * @param sender who sends: the reverse-path, or the user who submits
   */
  byte[] finish(String sender, byte @Nullable [] messageId) {
    byte[] content = digest.digest();
    digest.update(content);
    part(sender.getBytes(StandardCharsets.UTF_8));
    part(messageId == null ? new byte[0] : messageId);
    return digest.digest();
  }

  private void part(byte[] bytes) {
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    digest.update(bytes);
  }

  /**
   * The id of a mail with this hash.
   *
   * @param repeat which of several mails that are equal without being repeats: see {@link
   *     SeenReplies}
   */
  static MessageId id(byte[] hash, int repeat, @Nullable Long dateMillis, long nowMillis) {
    long today = nowMillis - Math.floorMod(nowMillis, DAY_MILLIS);
    long date = dateMillis == null ? today : dateMillis;
    boolean ofTheseDays =
        date > nowMillis - OLDEST.toMillis() && date < nowMillis + YOUNGEST.toMillis();
    long millis = ofTheseDays ? date : today;
    ByteBuffer bits = ByteBuffer.wrap(hash);
    return MessageId.of(millis, bits.getLong() + repeat, bits.getLong());
  }

  static String sender(ReversePath reversePath) {
    return reversePath.toString();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
