package io.mainstem.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the parts of a mail and where their bytes lie, in one pass, line by line (RFC 2046 §5.1).
 * Holds a buffer and the headers; a body is never in memory. Lines may end in CRLF or in LF.
 */
final class MimeScanner {
  private static final int BUFFER_BYTES = 64 << 10;

  /** As much of a line as can matter: a header line, or a delimiter with its padding. */
  private static final int KEPT_LINE_BYTES = 16 << 10;

  /** Most lines are shorter. */
  private static final int FIRST_LINE_BYTES = 256;

  private static final int MAX_BOUNDARY = 200;

  /** A multipart that is open, or a message: what a delimiter of an outer one ends. */
  private record Level(Entity entity, byte @Nullable [] boundary) {}

  private final InputStream in;
  private final MimeLimits limits;
  private final byte[] buffer;
  private int bufferAt;
  private int bufferEnd;
  private long at;

  private byte[] line = new byte[FIRST_LINE_BYTES];
  private int lineKept;
  private long lineAt;

  /** Where the content of the current line ends, and that of the line before it. */
  private long lineEnd;

  private long contentEnd;

  private final List<Level> levels = new ArrayList<>();
  private Entity entity;
  private boolean inHeader = true;
  private int headerBytes;
  private byte[] field = new byte[256];
  private int fieldBytes;
  private int parts = 1;

  private MimeScanner(InputStream in, int bufferBytes, MimeLimits limits) {
    this.in = in;
    this.buffer = new byte[bufferBytes];
    this.limits = limits;
    this.entity = new Entity(0);
  }

  /** The tree of the mail; its root ends where the bytes end. */
  static Entity scan(InputStream in, MimeLimits limits) throws IOException {
    return scan(in, BUFFER_BYTES, limits);
  }

  /**
   * @param sizeBytes of the mail, about
   */
  static Entity scan(InputStream in, int sizeBytes, MimeLimits limits) throws IOException {
    MimeScanner scanner =
        new MimeScanner(in, Math.clamp(sizeBytes, FIRST_LINE_BYTES, BUFFER_BYTES), limits);
    Entity root = scanner.entity;
    scanner.run();
    return root;
  }

  private void run() throws IOException {
    Entity root = entity;
    while (nextLine()) {
      int delimited = delimits();
      if (delimited >= 0) {
        onDelimiter(delimited);
      } else if (inHeader) {
        onHeaderLine();
      } else {
        entity.lines++;
      }
      countInMessages();
    }
    if (inHeader) {
      endHeader(at);
    }
    endBodies(0, at);
    root.bodyEnd = at;
  }

  /** A message within a mail counts all its lines, whatever they are. */
  private void countInMessages() {
    for (Level level : levels) {
      if (level.boundary == null && lineAt >= level.entity.bodyAt) {
        level.entity.lines++;
      }
    }
  }

  // ---- headers

  private void onHeaderLine() {
    boolean blank = lineKept == 0;
    boolean continued = !blank && (line[0] == ' ' || line[0] == '\t');
    if (continued) {
      keep();
      return;
    }
    endField();
    if (blank) {
      endHeader(at);
    } else if (Field.colon(line, lineKept) < 0 && !isSeparator()) {
      endHeader(lineAt); // no field: the blank line is missing, and this is the body
      entity.lines++;
    } else {
      keep();
    }
  }

  /**
   * The "From " line that some programs leave before a mail, and other lines that only lack their
   * name.
   */
  private boolean isSeparator() {
    return entity.fields.isEmpty()
        && lineKept > 5
        && new String(line, 0, 5, StandardCharsets.US_ASCII).equals("From ");
  }

  private void keep() {
    headerBytes += lineKept;
    if (headerBytes > limits.maxHeaderBytes() || entity.fields.size() >= limits.maxFields()) {
      return;
    }
    if (fieldBytes + lineKept + 1 > field.length) {
      field = Arrays.copyOf(field, Math.max(fieldBytes + lineKept + 1, field.length * 2));
    }
    System.arraycopy(line, 0, field, fieldBytes, lineKept);
    fieldBytes += lineKept;
  }

  private void endField() {
    if (fieldBytes > 0) {
      Field parsed = Field.parse(field, fieldBytes);
      if (parsed != null) {
        entity.fields.add(parsed);
      }
      fieldBytes = 0;
    }
  }

  private void endHeader(long bodyAt) {
    endField();
    inHeader = false;
    headerBytes = 0;
    boolean inDigest =
        !levels.isEmpty()
            && levels.get(levels.size() - 1).entity.type.value().equals("multipart/digest");
    entity.onHeaderEnd(bodyAt, inDigest);
    if (levels.size() >= limits.maxDepth()) {
      return;
    }
    String boundary = entity.type.get("boundary");
    if (entity.type.value().startsWith("multipart/")
        && boundary != null
        && boundary.length() <= MAX_BOUNDARY) {
      levels.add(new Level(entity, boundary.getBytes(StandardCharsets.UTF_8)));
    } else if (entity.isMessage() && !entity.isEncoded() && parts < limits.maxParts()) {
      levels.add(new Level(entity, null));
      begin(entity, bodyAt);
    }
  }

  /** Begins a part or a message in this entity. */
  private void begin(Entity parent, long headerAt) {
    parts++;
    Entity child = new Entity(headerAt);
    parent.children.add(child);
    entity = child;
    inHeader = true;
  }

  // ---- delimiters

  /**
   * The level whose delimiter this line is, or −1. Outer ones count too: an inner multipart may
   * lack its end.
   */
  private int delimits() {
    if (lineKept < 3 || line[0] != '-' || line[1] != '-') {
      return -1;
    }
    for (int i = levels.size() - 1; i >= 0; i--) {
      byte[] boundary = levels.get(i).boundary;
      if (boundary != null && matches(boundary)) {
        return i;
      }
    }
    return -1;
  }

  private boolean matches(byte[] boundary) {
    int end = 2 + boundary.length;
    if (lineKept < end || !Arrays.equals(line, 2, end, boundary, 0, boundary.length)) {
      return false;
    }
    int rest = end;
    if (rest + 1 < lineKept && line[rest] == '-' && line[rest + 1] == '-') {
      rest += 2;
    }
    while (rest < lineKept && (line[rest] == ' ' || line[rest] == '\t')) {
      rest++;
    }
    return rest == lineKept;
  }

  private void onDelimiter(int level) {
    if (inHeader) {
      endField();
      if (entity.bodyAt == entity.headerAt) {
        entity.onHeaderEnd(lineAt, false);
        inHeader = false;
      }
    }
    endBodies(level + 1, contentEnd);
    Level open = levels.get(level);
    while (levels.size() > level + 1) {
      levels.remove(levels.size() - 1);
    }
    int after = 2 + (open.boundary == null ? 0 : open.boundary.length);
    boolean last = after + 1 < lineKept && line[after] == '-' && line[after + 1] == '-';
    if (last) {
      levels.remove(level);
      entity = open.entity; // what follows is its epilogue
    } else if (parts < limits.maxParts()) {
      begin(open.entity, at);
    } else {
      levels.remove(level); // too many parts: the rest belongs to nobody
      entity = open.entity;
    }
  }

  /**
   * Ends what is open below the first {@code kept} levels: before the line break that belongs to
   * the delimiter.
   */
  private void endBodies(int kept, long end) {
    boolean outer = false;
    for (int i = 0; i < levels.size(); i++) {
      Entity open = levels.get(i).entity;
      if (i >= kept) {
        open.bodyEnd = Math.max(open.bodyAt, end);
      } else {
        outer |= open == entity;
      }
    }
    if (!outer) {
      entity.bodyEnd = Math.max(entity.bodyAt, end);
    }
  }

  // ---- lines

  /**
   * Reads a line: its first bytes without the line break in {@code line}, its place in {@code
   * lineAt}.
   */
  private boolean nextLine() throws IOException {
    lineAt = at;
    lineKept = 0;
    contentEnd = lineEnd;
    byte last = 0;
    while (true) {
      if (bufferAt == bufferEnd && !fill()) {
        lineEnd = at;
        return at > lineAt;
      }
      int from = bufferAt;
      int to = from;
      while (to < bufferEnd && buffer[to] != '\n') {
        to++;
      }
      int kept = Math.min(to - from, KEPT_LINE_BYTES - lineKept);
      if (lineKept + kept > line.length) {
        int wanted = Math.max(lineKept + kept, 2 * line.length);
        line = Arrays.copyOf(line, Math.min(wanted, KEPT_LINE_BYTES));
      }
      System.arraycopy(buffer, from, line, lineKept, kept);
      lineKept += kept;
      last = to > from ? buffer[to - 1] : last;
      at += to - from;
      bufferAt = to;
      if (to < bufferEnd) {
        boolean crlf = last == '\r';
        lineEnd = crlf ? at - 1 : at;
        if (crlf && lineKept > 0 && line[lineKept - 1] == '\r') {
          lineKept--;
        }
        at++;
        bufferAt++;
        return true;
      }
    }
  }

  private boolean fill() throws IOException {
    bufferAt = 0;
    bufferEnd = Math.max(0, in.read(buffer, 0, buffer.length));
    return bufferEnd > 0;
  }
}
