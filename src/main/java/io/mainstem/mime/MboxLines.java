package io.mainstem.mime;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Whether a mail can be written as lines of text in an mbox file and read back as the same bytes.
 * It is shown the whole mail, piece by piece.
 */
public final class MboxLines {
  /** As much of a line as tells what it is. */
  static final int START_BYTES = 128;

  /** Less than {@link MboxReader} looks at. */
  private static final int MAX_HEADER_LINE_BYTES = 30_000;

  private static final int MAX_HEADER_BYTES = 512 << 10;
  private static final String PRIVATE = "x-mainstem-";

  private final byte[] start = new byte[START_BYTES];
  private long lineLength;
  private long headerBytes;
  private int fields;
  private byte last = '\n';
  private boolean inHeader = true;
  private boolean fits = true;

  public void add(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      byte b = bytes[i];
      if (b == '\n') {
        fits &= last == '\r';
        endLine();
      } else {
        fits &= last != '\r';
        if (b != '\r') {
          if (lineLength < START_BYTES) {
            start[(int) lineLength] = b;
          }
          lineLength++;
        }
      }
      last = b;
    }
  }

  /** Once the whole mail was shown. */
  public boolean fits() {
    return fits && !inHeader && last == '\n';
  }

  private void endLine() {
    if (inHeader) {
      onHeaderLine();
    } else if (lineLength >= START_BYTES) {
      fits &= !isAllQuoted();
    }
    lineLength = 0;
  }

  private void onHeaderLine() {
    headerBytes += lineLength + 2;
    fits &= lineLength <= MAX_HEADER_LINE_BYTES && headerBytes <= MAX_HEADER_BYTES;
    if (lineLength == 0) {
      fits &= fields > 0;
      inHeader = false;
      return;
    }
    int length = (int) Math.min(lineLength, START_BYTES);
    if (start[0] == ' ' || start[0] == '\t') {
      fits &= fields > 0;
      return;
    }
    String begun = new String(start, 0, length, StandardCharsets.ISO_8859_1);
    fits &= Field.colon(start, length) > 0 && !begun.startsWith("From ");
    String name = name(start, length);
    fits &= !(name.equals("subject") && begun.contains(MboxReader.INTERNAL_SUBJECT));
    fields++;
  }

  /** More signs of quoting than are looked at. */
  private boolean isAllQuoted() {
    for (int i = 0; i < START_BYTES - 5; i++) {
      if (start[i] != '>') {
        return false;
      }
    }
    return true;
  }

  /** Whether this line of a mail's header would be read as what a mail program has written. */
  static boolean isTakenForAnother(byte[] start, int length) {
    String name = name(start, length);
    return MboxReader.isFlagField(name) || name.startsWith(PRIVATE);
  }

  private static String name(byte[] start, int length) {
    int colon = Field.colon(start, length);
    return colon < 0
        ? ""
        : new String(start, 0, colon, StandardCharsets.US_ASCII).strip().toLowerCase(Locale.ROOT);
  }
}
