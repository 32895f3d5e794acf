package io.mainstem.mime;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;

/**
 * Writes an mbox file (RFC 4155, in the dialect mboxrd, with flags in Status, X-Status and
 * X-Keywords) that {@link MboxReader} reads back as the same bytes. Blocking; confined to one
 * thread.
 *
 * <p>A mail whose lines a file of text cannot hold exactly (bare CRs or LFs, no header, a last line
 * without an end, a header line of many kilobytes) is written in base64 behind a field that says
 * so.
 */
public final class MboxWriter implements Closeable {
  private static final int BUFFER_BYTES = 128 << 10;
  private static final DateTimeFormatter CTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);

  private final FileChannel file;
  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int used;
  private long written;

  /** Goes on behind the first {@code offset} bytes of a file; what is behind them is cut off. */
  public MboxWriter(Path path, long offset) throws IOException {
    file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    file.truncate(offset);
    file.position(offset);
    out = Channels.newOutputStream(file);
    written = offset;
  }

  /** Where the next message begins. */
  public long offset() {
    return written + used;
  }

  /**
   * @param flags as IMAP names them
   * @param plain whether {@link MboxLines} found that lines of text hold it
   */
  public void write(OffsetDateTime received, Set<String> flags, boolean plain, InputStream mail)
      throws IOException {
    fromLine(received);
    flags(flags);
    if (plain) {
      lines(mail);
    } else {
      verbatim(mail);
    }
    text("\n");
  }

  /** Hands all to the disk, and waits for it. */
  public void sync() throws IOException {
    flush();
    file.force(false);
  }

  @Override
  public void close() throws IOException {
    try (file) {
      flush();
    }
  }

  private void fromLine(OffsetDateTime received) throws IOException {
    String zone =
        received.getOffset().getTotalSeconds() == 0
            ? ""
            : " " + DateTimeFormatter.ofPattern("xx", Locale.ROOT).format(received);
    text("From MAILER-DAEMON " + CTIME.format(received) + zone + "\n");
  }

  private void flags(Set<String> flags) throws IOException {
    text("Status: " + (flags.contains("\\Seen") ? "RO" : "O") + "\n");
    StringBuilder marks = new StringBuilder();
    StringJoiner keywords = new StringJoiner(" ");
    for (String flag : new TreeSet<>(flags)) {
      switch (flag) {
        case "\\Seen" -> {}
        case "\\Answered" -> marks.append('A');
        case "\\Flagged" -> marks.append('F');
        case "\\Draft" -> marks.append('T');
        case "\\Deleted" -> marks.append('D');
        default -> keywords.add(flag);
      }
    }
    if (!marks.isEmpty()) {
      text("X-Status: " + marks + "\n");
    }
    if (keywords.length() > 0) {
      text("X-Keywords: " + keywords + "\n");
    }
  }

  private void verbatim(InputStream mail) throws IOException {
    text(
        MboxReader.VERBATIM
            + ": base64\nMIME-Version: 1.0\n"
            + "Content-Type: application/octet-stream; name=\"message.eml\"\n"
            + "Content-Transfer-Encoding: base64\n\n");
    byte[] piece = new byte[57 * 512]; // whole lines of 76 characters
    Base64.Encoder encoder = Base64.getMimeEncoder(76, new byte[] {'\n'});
    int count;
    while ((count = mail.readNBytes(piece, 0, piece.length)) > 0) {
      byte[] encoded = encoder.encode(count == piece.length ? piece : Arrays.copyOf(piece, count));
      put(encoded, 0, encoded.length);
      put((byte) '\n');
    }
  }

  /** Line after line: ends become LF, and what would be taken for something else is marked. */
  private void lines(InputStream mail) throws IOException {
    byte[] piece = new byte[32 << 10];
    byte[] start = new byte[MboxLines.START_BYTES];
    int startLength = 0;
    boolean begun = false; // whether the beginning of this line is written
    boolean inHeader = true;
    int count;
    while ((count = mail.read(piece, 0, piece.length)) > 0) {
      for (int i = 0; i < count; i++) {
        byte b = piece[i];
        if (b == '\r') {
          continue; // an LF follows: see MboxLines
        }
        if (!begun && b != '\n' && startLength < start.length) {
          start[startLength++] = b;
          continue;
        }
        if (!begun) {
          if (b == '\n' && startLength == 0) {
            inHeader = false;
          }
          mark(start, startLength, inHeader);
          put(start, 0, startLength);
          begun = true;
        }
        put(b);
        if (b == '\n') {
          begun = false;
          startLength = 0;
        }
      }
    }
  }

  private void mark(byte[] start, int length, boolean inHeader) throws IOException {
    if (inHeader) {
      if (MboxLines.isTakenForAnother(start, length)) {
        text(MboxReader.KEPT);
      }
      return;
    }
    int depth = 0;
    while (depth < length && start[depth] == '>') {
      depth++;
    }
    if (length >= depth + 5
        && new String(start, depth, 5, StandardCharsets.US_ASCII).equals("From ")) {
      put((byte) '>');
    }
  }

  private void text(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    put(bytes, 0, bytes.length);
  }

  private void put(byte[] bytes, int from, int length) throws IOException {
    if (length > buffer.length - used) {
      flush();
    }
    if (length > buffer.length) {
      out.write(bytes, from, length);
      written += length;
      return;
    }
    System.arraycopy(bytes, from, buffer, used, length);
    used += length;
  }

  private void put(byte b) throws IOException {
    if (used == buffer.length) {
      flush();
    }
    buffer[used++] = b;
  }

  private void flush() throws IOException {
    out.write(buffer, 0, used);
    written += used;
    used = 0;
  }
}
