package io.mainstem.mime;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads an mbox file of any size, one message after another (RFC 4155, and the dialects mboxo and
 * mboxrd). Holds one message's header and a buffer, never a body. Blocking; confined to one thread.
 *
 * <p>A message comes out as mail: lines end in CRLF, From_ quoting is undone, and the fields in
 * which mail programs keep flags in such files (Status and others) are read and left out. What
 * {@link MboxWriter} wrote comes out as the bytes that went in.
 */
public final class MboxReader implements Closeable {
  private static final int BUFFER_BYTES = 128 << 10;
  private static final int MAX_HEADER_BYTES = 1 << 20;

  /** As much of a line as is looked at; the rest of a longer one passes through. */
  private static final int LINE_BYTES = 32 << 10;

  private static final Pattern FROM_LINE = Pattern.compile("From .*\\d{1,2}:\\d{2}.*\\d{4}.*");
  private static final Set<String> FLAG_FIELDS =
      Set.of(
          "status",
          "x-status",
          "x-keywords",
          "x-uid",
          "x-imap",
          "x-imapbase",
          "content-length",
          "x-mozilla-status",
          "x-mozilla-status2",
          "x-mozilla-keys");

  /** Stands before the name of a field of the mail itself that such a field would be taken for. */
  static final String KEPT = "X-Mainstem-Kept-";

  static final String INTERNAL_SUBJECT = "DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA";

  /** Marks a mail that lines of text cannot hold: its bytes follow in base64. */
  static final String VERBATIM = "X-Mainstem-Verbatim";

  private final RandomAccessFile file;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;
  private long bufferOffset;

  private final byte[] line = new byte[LINE_BYTES];
  private int lineLength;

  /** Whether {@code line} holds the whole line, up to its end. */
  private boolean lineWhole;

  private boolean atLineStart = true;
  private long lineOffset;
  private boolean pushedBack;
  private boolean afterBlank = true;
  private @Nullable Body current;

  /** Goes on at an offset where a message begins, or 0. */
  public MboxReader(Path path, long offset) throws IOException {
    file = new RandomAccessFile(path.toFile(), "r");
    file.seek(offset);
    bufferOffset = offset;
  }

  /** The next message, or null at the end. What is left of the message before is skipped. */
  public @Nullable Mbox next() throws IOException {
    if (current != null) {
      current.skipRest();
      current = null;
    }
    long skippedFrom = -1;
    while (nextLine()) {
      if (isFromLine()) {
        if (skippedFrom >= 0) {
          pushedBack = true;
          return unreadable(skippedFrom, "the file does not begin with a \"From \" line", null);
        }
        Mbox found = begin();
        if (found != null) {
          return found;
        }
        continue;
      }
      if (skippedFrom < 0 && lineLength > 0) {
        skippedFrom = lineOffset;
      }
      skipLine();
    }
    return skippedFrom < 0
        ? null
        : unreadable(skippedFrom, "no line that begins a message (\"From \" …) was found", null);
  }

  private static Mbox unreadable(long offset, String why, @Nullable Body rest) {
    return new Mbox(offset, why, null, Set.of(), false, new byte[0], rest);
  }

  /** Whether this field tells what a mail program thinks of a mail, and is not the mail's own. */
  static boolean isFlagField(String name) {
    return FLAG_FIELDS.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Where the next message begins, once the one before is read. */
  public long offset() {
    return pushedBack ? lineOffset : bufferOffset + at;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /**
   * One message of the file.
   *
   * @param offset of its From_ line
   * @param unreadable why it is no mail, else null
   * @param received of the From_ line, else the newest Received field, else the Date; null when
   *     none tells
   * @param flags of Status and X-Status, as IMAP names them
   * @param marked whether it had one of these fields
   */
  public record Mbox(
      long offset,
      @Nullable String unreadable,
      @Nullable OffsetDateTime received,
      Set<String> flags,
      boolean marked,
      byte[] header,
      @Nullable InputStream body) {
    /** The mail: its header, then the body as it is read from the file. */
    public InputStream open() {
      InputStream head = new ByteArrayInputStream(header);
      return body == null ? head : new SequenceInputStream(head, body);
    }
  }

  // ---- header

  /** Null when its mail program has deleted it, and only not taken it out of the file yet. */
  private @Nullable Mbox begin() throws IOException {
    long offset = lineOffset;
    String fromLine = new String(line, 0, lineLength, StandardCharsets.ISO_8859_1);
    skipLine();
    Header header = new Header();
    while (nextLine()) {
      if (afterBlank && isFromLine()) {
        pushedBack = true;
        break;
      }
      if (lineLength == 0) {
        header.add(new byte[0], 0);
        afterBlank = true;
        break;
      }
      afterBlank = false;
      header.add(line, lineLength);
      boolean whole = lineWhole;
      skipLine();
      if (!whole || header.bytes > MAX_HEADER_BYTES) {
        Body rest = new Body();
        current = rest;
        return unreadable(
            offset, "its header has no end within " + MAX_HEADER_BYTES + " bytes", rest);
      }
    }
    header.endField();
    String why =
        header.fields == 0
            ? "it has no header"
            : header.internal ? "it is a note of a mail program to itself" : null;
    OffsetDateTime received = received(fromLine, header);
    Body body = new Body();
    current = body;
    if (header.deleted) {
      body.skipRest();
      return null;
    }
    byte[] fields = header.verbatim ? new byte[0] : header.toBytes();
    InputStream rest = header.verbatim ? Base64.getMimeDecoder().wrap(body) : body;
    return new Mbox(offset, why, received, header.flags, header.marked, fields, rest);
  }

  private static @Nullable OffsetDateTime received(String fromLine, Header header) {
    int space = fromLine.indexOf(' ', 5);
    OffsetDateTime named = space < 0 ? null : Dates.parse(fromLine.substring(space + 1).strip());
    if (named == null) {
      String archive =
          fromLine.replaceFirst(
              "^From .*?(?=(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\\b)",
              ""); // "From ann at x.example  Mon Jan…"
      named = Dates.parse(archive);
    }
    if (named == null) {
      named = header.received;
    }
    return named != null ? named : header.date;
  }

  private static final Map<Integer, String> THUNDERBIRD_FLAGS =
      Map.of(0x1, "\\Seen", 0x2, "\\Answered", 0x4, "\\Flagged", 0x1000, "$Forwarded");

  /** Gathers the fields, without those that are not the mail's own. */
  private static final class Header {
    private final List<byte[]> kept = new ArrayList<>();
    private final StringBuilder field = new StringBuilder();
    private boolean keep = true;
    final Set<String> flags = new TreeSet<>();
    @Nullable OffsetDateTime received;
    @Nullable OffsetDateTime date;
    boolean marked;
    boolean internal;
    boolean deleted;
    boolean verbatim;
    int fields;
    int bytes;

    void add(byte[] line, int length) {
      bytes += length + 2;
      boolean continued = length > 0 && (line[0] == ' ' || line[0] == '\t');
      if (!continued) {
        endField();
        int colon = Field.colon(line, length);
        String name =
            colon < 0
                ? ""
                : new String(line, 0, colon, StandardCharsets.US_ASCII)
                    .strip()
                    .toLowerCase(Locale.ROOT);
        keep = !FLAG_FIELDS.contains(name);
        fields += colon < 0 ? 0 : 1;
      }
      field.append(new String(line, 0, length, StandardCharsets.ISO_8859_1)).append(' ');
      if (keep) {
        int from = !continued && startsWithKept(line, length) ? KEPT.length() : 0;
        byte[] whole = Arrays.copyOfRange(line, from, length + 2);
        whole[length - from] = '\r';
        whole[length - from + 1] = '\n';
        kept.add(whole);
      }
    }

    private static boolean startsWithKept(byte[] line, int length) {
      return length > KEPT.length()
          && new String(line, 0, KEPT.length(), StandardCharsets.US_ASCII).equals(KEPT);
    }

    void endField() {
      String text = field.toString();
      field.setLength(0);
      int colon = text.indexOf(':');
      if (colon < 0) {
        return;
      }
      String body = text.substring(colon + 1).strip();
      switch (text.substring(0, colon).strip().toLowerCase(Locale.ROOT)) {
        case "status", "x-status" -> mark(body);
        case "x-keywords", "x-mozilla-keys" -> {
          marked = true;
          flags.addAll(List.of(body.split("\\s+", -1)));
          flags.remove("");
        }
        case "x-mozilla-status" -> markAsThunderbird(body);
        case "x-mainstem-verbatim" -> verbatim = true;
        case "x-imap", "x-imapbase" -> internal |= body.isEmpty();
        case "subject" -> internal |= body.startsWith(INTERNAL_SUBJECT);
        case "date" -> date = date == null ? Dates.parse(body) : date;
        case "received" -> {
          if (received == null) { // the topmost is the newest
            received = Dates.parse(body.substring(body.lastIndexOf(';') + 1).strip());
          }
        }
        default -> {}
      }
    }

    /**
     * R read, O old; A answered, F flagged, T draft. D stands for what was deleted and not yet
     * taken away.
     */
    private void mark(String body) {
      marked = true;
      for (char c : body.toUpperCase(Locale.ROOT).toCharArray()) {
        switch (c) {
          case 'R' -> flags.add("\\Seen");
          case 'A' -> flags.add("\\Answered");
          case 'F' -> flags.add("\\Flagged");
          case 'T' -> flags.add("\\Draft");
          case 'D' -> flags.add("\\Deleted");
          default -> {}
        }
      }
    }

    /** Bits in hexadecimal, as nsMsgMessageFlags has them. */
    private void markAsThunderbird(String body) {
      if (!body.matches("[0-9A-Fa-f]{1,8}")) {
        return;
      }
      long bits = Long.parseLong(body, 16);
      marked = true;
      deleted = (bits & 0x8) != 0;
      for (var bit : THUNDERBIRD_FLAGS.entrySet()) {
        if ((bits & bit.getKey()) != 0) {
          flags.add(bit.getValue());
        }
      }
    }

    byte[] toBytes() {
      int size = kept.stream().mapToInt(one -> one.length).sum();
      byte[] all = new byte[size];
      int to = 0;
      for (byte[] one : kept) {
        System.arraycopy(one, 0, all, to, one.length);
        to += one.length;
      }
      return all;
    }
  }

  // ---- body

  /** The rest of the message, up to the blank line before the next From_ line. */
  public final class Body extends InputStream {
    private byte[] out = new byte[LINE_BYTES + 8];
    private int outAt;
    private int outEnd;
    private int blanks;
    private boolean ended;

    private Body() {}

    @Override
    public int read() throws IOException {
      return fill() ? out[outAt++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int count = Math.min(length, outEnd - outAt);
      System.arraycopy(out, outAt, into, from, count);
      outAt += count;
      return count;
    }

    void skipRest() throws IOException {
      while (fill()) {
        outAt = outEnd;
      }
    }

    private boolean fill() throws IOException {
      while (outAt == outEnd) {
        if (ended) {
          return false;
        }
        if (current != this || !(atLineStart ? nextLine() : nextPiece())) {
          ended = true;
          flushBlanks(blanks - 1); // writers end the last message with a blank line too
          return outAt < outEnd;
        }
        onPiece();
      }
      return true;
    }

    private void onPiece() {
      boolean first = pieceIsStart;
      if (first && afterBlank && isFromLine()) {
        pushedBack = true;
        ended = true;
        flushBlanks(blanks - 1);
        return;
      }
      outAt = 0;
      outEnd = 0;
      if (first && lineLength == 0 && lineWhole) {
        blanks++; // held back: the last one may belong to the separator
        afterBlank = true;
        if (blanks > 8_000) {
          flushBlanks(blanks - 1);
          blanks = 1;
        }
        return;
      }
      flushBlanks(blanks);
      blanks = 0;
      afterBlank = false;
      int from = first && isQuotedFrom() ? 1 : 0;
      need(lineLength + 2);
      System.arraycopy(line, from, out, outEnd, lineLength - from);
      outEnd += lineLength - from;
      if (lineWhole) {
        out[outEnd++] = '\r';
        out[outEnd++] = '\n';
      }
    }

    private void flushBlanks(int count) {
      if (outAt == outEnd) {
        outAt = 0;
        outEnd = 0;
      }
      need(2 * Math.max(0, count));
      for (int i = 0; i < count; i++) {
        out[outEnd++] = '\r';
        out[outEnd++] = '\n';
      }
    }

    private void need(int more) {
      if (outEnd + more > out.length) {
        out = Arrays.copyOf(out, outEnd + more);
      }
    }
  }

  // ---- lines

  private boolean isFromLine() {
    return lineLength > 5
        && line[0] == 'F'
        && line[1] == 'r'
        && line[2] == 'o'
        && line[3] == 'm'
        && line[4] == ' '
        && FROM_LINE
            .matcher(new String(line, 0, Math.min(lineLength, 500), StandardCharsets.ISO_8859_1))
            .matches();
  }

  /** {@code >From }, {@code >>From } …: one sign was put before it (mboxrd). */
  private boolean isQuotedFrom() {
    int depth = 0;
    while (depth < lineLength && line[depth] == '>') {
      depth++;
    }
    return depth > 0
        && lineLength >= depth + 5
        && new String(line, depth, 5, StandardCharsets.ISO_8859_1).equals("From ");
  }

  /** Whether the piece in {@code line} is the beginning of its line. */
  private boolean pieceIsStart;

  private boolean nextLine() throws IOException {
    if (pushedBack) {
      pushedBack = false;
      return true;
    }
    return nextPiece();
  }

  /**
   * Reads a line, or the next piece of one that is longer than is looked at. Without its line
   * break.
   */
  private boolean nextPiece() throws IOException {
    pieceIsStart = atLineStart;
    lineLength = 0;
    lineOffset = bufferOffset + at;
    while (lineLength < LINE_BYTES) {
      if (at == end && !fill()) {
        lineWhole = true;
        atLineStart = true;
        return lineLength > 0;
      }
      int stop = Math.min(end, at + LINE_BYTES - lineLength);
      int to = at;
      while (to < stop && buffer[to] != '\n') {
        to++;
      }
      System.arraycopy(buffer, at, line, lineLength, to - at);
      lineLength += to - at;
      at = to;
      if (to < end && buffer[to] == '\n') {
        at++;
        if (lineLength > 0 && line[lineLength - 1] == '\r') {
          lineLength--;
        }
        lineWhole = true;
        atLineStart = true;
        return true;
      }
    }
    lineWhole = false;
    atLineStart = false;
    return true;
  }

  private void skipLine() throws IOException {
    while (!lineWhole) {
      boolean more = nextPiece();
      if (!more) {
        return;
      }
    }
  }

  private boolean fill() throws IOException {
    bufferOffset += end;
    at = 0;
    end = Math.max(0, file.read(buffer, 0, BUFFER_BYTES));
    return end > 0;
  }
}
