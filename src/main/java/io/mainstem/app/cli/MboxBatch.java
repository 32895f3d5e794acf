package io.mainstem.app.cli;

import io.mainstem.mime.MboxReader;
import io.mainstem.mime.MboxReader.Mbox;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The next messages of a file in the form in which the server takes them, read from the file while
 * they are sent. So a message of any size costs one piece of memory. Read by one thread at a time.
 */
final class MboxBatch extends InputStream {
  private static final int MAX_MESSAGES = 256;
  private static final long MAX_BYTES = 8 << 20;
  private static final int PIECE_BYTES = 64 << 10;

  private final MboxReader reader;
  private final String folder;
  private final boolean marks;
  private final OffsetDateTime otherwise;
  private final List<Long> offsets = new ArrayList<>();
  private final List<String> unreadable = new ArrayList<>();
  private final byte[] piece = new byte[PIECE_BYTES];
  private ByteBuffer out = ByteBuffer.allocate(0);
  private @Nullable InputStream message;
  private long bytes;
  private boolean ended;
  private boolean atFileEnd;

  /**
   * @param marks whether the file marks what was read; where it marks nothing, all of it was
   * @param otherwise when a message without any date was received
   */
  MboxBatch(MboxReader reader, String folder, boolean marks, OffsetDateTime otherwise) {
    this.reader = reader;
    this.folder = folder;
    this.marks = marks;
    this.otherwise = otherwise;
  }

  /** Where each message that was sent begins. */
  List<Long> offsets() {
    return offsets;
  }

  /** What could not be sent, each with its offset. */
  List<String> unreadable() {
    return unreadable;
  }

  boolean isAtFileEnd() {
    return atFileEnd;
  }

  @Override
  public int read() throws IOException {
    return fill() ? out.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, out.remaining());
    out.get(into, from, count);
    return count;
  }

  private boolean fill() throws IOException {
    while (!out.hasRemaining()) {
      if (ended) {
        return false;
      }
      InputStream current = message;
      if (current == null) {
        begin();
      } else {
        int count = current.readNBytes(piece, 0, PIECE_BYTES);
        bytes += count;
        ByteBuffer framed = ByteBuffer.allocate(8 + count).putInt(count).put(piece, 0, count);
        if (count < PIECE_BYTES) {
          message = null;
          if (count > 0) {
            framed.putInt(0);
          }
        }
        out = framed.flip();
      }
    }
    return true;
  }

  private void begin() throws IOException {
    if (offsets.size() + unreadable.size() >= MAX_MESSAGES || bytes >= MAX_BYTES) {
      ended = true;
      return;
    }
    Mbox next = reader.next();
    if (next == null) {
      ended = true;
      atFileEnd = true;
      return;
    }
    if (next.unreadable() != null) {
      unreadable.add("byte " + next.offset() + ": " + next.unreadable());
      return;
    }
    offsets.add(next.offset());
    message = next.open();
    byte[] head = head(next).encode().getBytes(StandardCharsets.UTF_8);
    out = ByteBuffer.allocate(4 + head.length).putInt(head.length).put(head).flip();
  }

  private JsonObject head(Mbox next) {
    OffsetDateTime received = next.received() == null ? otherwise : next.received();
    Set<String> flags = new TreeSet<>(next.flags());
    flags.remove("\\Deleted"); // it was not taken away yet, so it is not taken away here
    if (!marks) {
      flags.add("\\Seen");
    }
    return new JsonObject()
        .put("received", received.toInstant().toEpochMilli())
        .put("zone", received.getOffset().getTotalSeconds() / 60)
        .put("flags", new JsonArray(List.copyOf(flags)))
        .put("folder", folder);
  }
}
