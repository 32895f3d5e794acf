package io.mainstem.app.cli;

import io.mainstem.app.archive.ArchivedMail;
import io.mainstem.app.archive.MailFolder.Reading;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The next messages of a folder in the form in which the server takes them, read from the archive
 * while they are sent. So a message of any size costs one piece of memory. Read by one thread at a
 * time.
 */
final class ImportBatch extends InputStream {
  private static final int MAX_MESSAGES = 1_000;
  private static final long MAX_BYTES = 32 << 20;
  private static final int PIECE_BYTES = 64 << 10;

  private final Reading reading;
  private final @Nullable String folder;
  private final List<Sent> sent = new ArrayList<>();
  private final List<String> unreadable = new ArrayList<>();
  private final byte[] piece = new byte[PIECE_BYTES];
  private ByteBuffer out = ByteBuffer.allocate(0);
  private @Nullable InputStream message;
  private long bytes;
  private boolean ended;
  private boolean atFolderEnd;

  /**
   * @param folder id of the folder that they go to; null: what the owner wrote to Sent, the rest to
   *     Inbox
   */
  ImportBatch(Reading reading, @Nullable String folder) {
    this.reading = reading;
    this.folder = folder;
  }

  /**
   * A message that was sent.
   *
   * @param before mark and bytes before it: where an import goes on that stops here
   * @param unreadable how many before it could not be read
   */
  record Sent(String place, Mark before, int unreadable) {}

  /** How far an archive is read. */
  record Mark(String mark, long doneBytes) {}

  List<Sent> sent() {
    return sent;
  }

  /** What could not be sent, each with its place. */
  List<String> unreadable() {
    return unreadable;
  }

  /** Behind all that was read. */
  Mark end() throws IOException {
    return new Mark(reading.mark(), reading.doneBytes());
  }

  boolean isAtFolderEnd() {
    return atFolderEnd;
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
        go(current);
      }
    }
    return true;
  }

  private void go(InputStream current) throws IOException {
    int count = current.readNBytes(piece, 0, PIECE_BYTES);
    bytes += count;
    ByteBuffer framed = ByteBuffer.allocate(8 + count).putInt(count).put(piece, 0, count);
    if (count < PIECE_BYTES) {
      current.close();
      message = null;
      if (count > 0) {
        framed.putInt(0);
      }
    }
    out = framed.flip();
  }

  private void begin() throws IOException {
    if (sent.size() + unreadable.size() >= MAX_MESSAGES || bytes >= MAX_BYTES) {
      ended = true;
      return;
    }
    Mark before = end();
    ArchivedMail next = reading.next();
    if (next == null) {
      ended = true;
      atFolderEnd = true;
      return;
    }
    String why = next.unreadable();
    if (why == null) {
      try {
        message = next.content().open();
      } catch (IOException e) {
        why = String.valueOf(e);
      }
    }
    if (why != null) {
      unreadable.add(next.place() + ": " + why);
      return;
    }
    sent.add(new Sent(next.place(), before, unreadable.size()));
    byte[] head = head(next).encode().getBytes(StandardCharsets.UTF_8);
    out = ByteBuffer.allocate(4 + head.length).putInt(head.length).put(head).flip();
  }

  private JsonObject head(ArchivedMail mail) {
    OffsetDateTime received =
        mail.received() == null ? OffsetDateTime.now(ZoneOffset.UTC) : mail.received();
    JsonObject head =
        new JsonObject()
            .put("received", received.toInstant().toEpochMilli())
            .put("zone", received.getOffset().getTotalSeconds() / 60)
            .put("flags", new JsonArray(List.copyOf(mail.flags())));
    if (folder != null) {
      head.put("folder", folder);
    }
    return head;
  }
}
