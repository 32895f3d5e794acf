package io.mainstem.gateway.smtp.protocol;

import java.util.Arrays;

/**
 * Reads one line after another, each ended by CRLF, from bytes cut anywhere. A line beyond the
 * bound is read to its end and reported, so that the next command is understood. Confined to one
 * connection.
 */
public final class LineReader {
  private byte[] line = new byte[128];
  private int length;
  private boolean carriageReturn;
  private boolean tooLong;

  /** What came of the bytes. */
  public sealed interface Result {
    /** The line is not complete: more bytes are needed. */
    record More() implements Result {}

    /** A complete line without its CRLF. */
    record Line(byte[] bytes) implements Result {}

    /** A complete line that was longer than the bound; its bytes are gone. */
    record TooLong() implements Result {}

    /**
     * A CR without LF or an LF without CR (RFC 5321 §2.3.8): whoever sends this may mean another
     * end of line than we do.
     */
    record BareLineEnd() implements Result {}
  }

  private static final Result MORE = new Result.More();

  /** Reads up to the end of the next line; {@code maxBytes} does not count the CRLF. */
  public Result read(ByteInput in, int maxBytes) {
    while (in.position < in.end) {
      byte b = in.bytes[in.position++];
      if (carriageReturn) {
        carriageReturn = false;
        return b == '\n' ? finish() : new Result.BareLineEnd();
      }
      if (b == '\n') {
        return new Result.BareLineEnd();
      }
      if (b == '\r') {
        carriageReturn = true;
      } else if (length == maxBytes) {
        tooLong = true;
      } else {
        if (length == line.length) {
          line = Arrays.copyOf(line, Math.min(maxBytes, length * 2));
        }
        line[length++] = b;
      }
    }
    return MORE;
  }

  private Result finish() {
    Result result = tooLong ? new Result.TooLong() : new Result.Line(Arrays.copyOf(line, length));
    length = 0;
    tooLong = false;
    return result;
  }
}
