package io.mainstem.gateway.imap.session;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Responses on their way to the client: gathered, and given to the socket in pieces. Who writes
 * much waits for {@link #room}. Confined to one connection.
 */
public final class Output {
  private static final int PIECE_BYTES = 32 << 10;

  private final Wire wire;
  private Buffer gathered = Buffer.buffer(0);
  private boolean empty = true;
  private @Nullable Deflater deflater;

  public Output(Wire wire) {
    this.wire = wire;
  }

  /** Text in UTF-8. */
  @CanIgnoreReturnValue
  public Output text(String text) {
    open().appendString(text);
    return sent();
  }

  /** An untagged response: {@code * text CRLF}. */
  @CanIgnoreReturnValue
  public Output untagged(String text) {
    open().appendString("* ").appendString(text).appendString("\r\n");
    return sent();
  }

  @CanIgnoreReturnValue
  public Output bytes(byte[] bytes, int from, int length) {
    open().appendBytes(bytes, from, length);
    return sent();
  }

  @CanIgnoreReturnValue
  public Output bytes(Buffer bytes) {
    flush();
    send(bytes);
    return this;
  }

  private Buffer open() {
    if (empty) {
      gathered = Buffer.buffer(256);
      empty = false;
    }
    return gathered;
  }

  private Output sent() {
    if (gathered.length() >= PIECE_BYTES) {
      flush();
    }
    return this;
  }

  /** What is said from here on is compressed (RFC 4978). */
  public void deflate() {
    flush();
    deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  }

  public boolean isDeflated() {
    return deflater != null;
  }

  /** Nothing is said any more. */
  public void end() {
    Deflater of = deflater;
    deflater = null;
    if (of != null) {
      of.end();
    }
  }

  private void send(Buffer bytes) {
    Deflater of = deflater;
    wire.write(of == null ? bytes : deflated(of, bytes.getBytes()));
  }

  /** All of it, so that the client can read it at once. */
  private static Buffer deflated(Deflater of, byte[] bytes) {
    Buffer out = Buffer.buffer(bytes.length / 2 + 64);
    byte[] piece = new byte[PIECE_BYTES];
    of.setInput(bytes);
    int n;
    do {
      n = of.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
      out.appendBytes(piece, 0, n);
    } while (n == piece.length);
    return out;
  }

  public void flush() {
    if (!empty) {
      send(gathered);
      gathered = Buffer.buffer(0);
      empty = true;
    }
  }

  /** Completes when the client has read enough for more to be written. */
  public Future<Void> room() {
    return wire.room();
  }

  /** Whether {@link #room} is there already. */
  public boolean hasRoom() {
    return wire.hasRoom();
  }
}
