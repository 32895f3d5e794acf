package io.mainstem.mime;

import io.mainstem.message.Rejected;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a submission server does to a mail before it goes on (RFC 6409 §8): Bcc is taken out (RFC
 * 5322 §3.6.3), Date and Message-ID are added where they are missing. All other bytes pass
 * untouched. Works on a stream, however it is cut, and holds one line.
 */
public final class SubmissionCleaner {
  private static final int MAX_LINE_BYTES = 64 << 10;

  private final Instant now;
  private final String messageId;
  private final long maxHeaderBytes;
  private Buffer line = Buffer.buffer();
  private long headerBytes;
  private boolean inBody;
  private boolean dropping;
  private boolean hasDate;
  private boolean hasMessageId;
  private boolean any;
  private boolean resent;
  private final StringBuilder bcc = new StringBuilder();
  private boolean isBcc;

  /**
   * @param messageId without angle brackets, for a mail that has none
   */
  public SubmissionCleaner(Instant now, String messageId, long maxHeaderBytes) {
    this.now = now;
    this.messageId = messageId;
    this.maxHeaderBytes = maxHeaderBytes;
  }

  /**
   * What becomes of these bytes and of those held back before. Throws TOO_LARGE for a header beyond
   * its bound.
   */
  public Buffer onData(Buffer data) {
    if (inBody) {
      return data;
    }
    Buffer out = Buffer.buffer(data.length());
    int from = 0;
    while (!inBody && from < data.length()) {
      int end = from;
      while (end < data.length() && data.getByte(end) != '\n') {
        end++;
      }
      boolean whole = end < data.length();
      int next = whole ? end + 1 : end;
      line.appendBuffer(data, from, next - from);
      headerBytes += next - from;
      if (headerBytes > maxHeaderBytes || line.length() > MAX_LINE_BYTES) {
        throw new Rejected(Rejected.Rule.TOO_LARGE, "the header of the mail is too long");
      }
      from = next;
      if (whole) {
        onLine(out);
      }
    }
    if (from < data.length()) {
      out.appendBuffer(data, from, data.length() - from);
    }
    return out;
  }

  /** The mail has ended: what was held back, and what a mail without a body still lacks. */
  public Buffer onEnd() {
    Buffer out = Buffer.buffer();
    if (!inBody && line.length() > 0) {
      onLine(out);
      boolean cut = out.length() > 0 && out.getByte(out.length() - 1) != '\n';
      if (!inBody && cut && !(hasDate && hasMessageId)) {
        out.appendString("\r\n"); // the last field lacks its line break, and more fields follow
      }
    }
    if (!inBody) {
      missing(out, false);
    }
    return out;
  }

  /**
   * The Bcc fields that were taken out, folded as they were; null when there were none, or the last
   * one has no end. What is not UTF-8 is read as all such fields are.
   */
  public @Nullable String bcc() {
    String fields = bcc.toString();
    return fields.endsWith("\n") ? fields : null;
  }

  /** Whether it was sent on as it is (RFC 5322 §3.6.6): its To and Cc are not whom it goes to. */
  public boolean isResent() {
    return resent;
  }

  private void onLine(Buffer out) {
    if (isBlank()) {
      missing(out, false);
      inBody = true;
    } else if (!isContinuation()) {
      if (!isField()) {
        missing(out, true); // no blank line before the body; now there is one
        inBody = true;
      } else {
        String name = name();
        isBcc = name.equals("bcc");
        dropping = isBcc || name.equals("resent-bcc");
        resent |= name.startsWith("resent-");
        hasDate |= name.equals("date");
        hasMessageId |= name.equals("message-id");
      }
    }
    if (inBody || !dropping) {
      out.appendBuffer(line);
    } else if (isBcc) {
      bcc.append(Field.text(line.getBytes(), 0, line.length()));
    }
    any = true;
    line = Buffer.buffer();
  }

  private void missing(Buffer out, boolean blankLine) {
    StringBuilder fields = new StringBuilder();
    if (!hasDate) {
      fields.append("Date: ").append(Dates.format(now, ZoneOffset.UTC)).append("\r\n");
    }
    if (!hasMessageId) {
      fields.append("Message-ID: <").append(messageId).append(">\r\n");
    }
    if (blankLine) {
      fields.append("\r\n");
    }
    hasDate = true;
    hasMessageId = true;
    out.appendBytes(fields.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private boolean isBlank() {
    return line.length() == 1 || line.length() == 2 && line.getByte(0) == '\r';
  }

  private boolean isContinuation() {
    return any && (line.getByte(0) == ' ' || line.getByte(0) == '\t');
  }

  private boolean isField() {
    byte[] bytes = line.getBytes();
    return Field.colon(bytes, bytes.length) > 0;
  }

  private String name() {
    byte[] bytes = line.getBytes();
    int colon = Field.colon(bytes, bytes.length);
    return new String(bytes, 0, colon, StandardCharsets.US_ASCII).strip().toLowerCase(Locale.ROOT);
  }
}
