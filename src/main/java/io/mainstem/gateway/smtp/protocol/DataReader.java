package io.mainstem.gateway.smtp.protocol;

/**
 * Reads the text of a message after DATA: takes the stuffed dots out and finds the end, CRLF "."
 * CRLF and nothing else (RFC 5321 §4.1.1.4, §4.5.2). Confined to one connection.
 *
 * <p>A CR or LF alone is never a line end, and never let through either: another server may read it
 * as one, and then a message in which we see one end holds a second message for it ("SMTP
 * smuggling"). Such a message is read to its end and refused, and the connection must be closed; a
 * client that ends it in one of the other ways ({@code LF . LF} and the like) is answered at that
 * place instead of being left to wait.
 */
public final class DataReader {
  private final int maxLineBytes;
  private State state = State.LINE_START;
  private boolean bareLineEnd;
  private boolean longLine;
  private int lineBytes;

  /**
   * @param maxLineBytes how long a line may be, without its CRLF
   */
  public DataReader(int maxLineBytes) {
    this.maxLineBytes = maxLineBytes;
  }

  private enum State {
    LINE_START,
    IN_LINE,
    /** After CR in a line. */
    CR,
    /** After a dot at the start of a line. */
    DOT,
    /** After a dot and CR at the start of a line. */
    DOT_CR
  }

  /** Where the reading stands. */
  public enum Status {
    /** The message goes on. */
    MORE,
    /** The message ended; bytes after its end are left in the input. */
    END,
    /** The message ended, and it contained a CR or an LF alone. */
    END_WITH_BARE_LINE_END,
    /** The message ended, and a line of it was longer than the bound. */
    END_WITH_LONG_LINE
  }

  /** Receives the message's bytes; the array is valid during the call only. */
  @FunctionalInterface
  public interface Sink {
    void write(byte[] bytes, int offset, int length);
  }

  /**
   * Reads what is there. Output goes to the sink in at most one call, never larger than the input.
   */
  public Status read(ByteInput in, Sink sink) {
    byte[] out = new byte[in.remaining()];
    int n = 0;
    Status status = Status.MORE;
    while (in.position < in.end && status == Status.MORE) {
      byte b = in.bytes[in.position++];
      switch (state) {
        case LINE_START -> {
          if (b == '.') {
            state = State.DOT;
            continue;
          }
          state = inLine(b);
        }
        case IN_LINE -> state = inLine(b);
        case CR -> state = afterCarriageReturn(b);
        case DOT -> {
          if (b == '\r') {
            state = State.DOT_CR;
            continue;
          }
          if (b == '\n') {
            bareLineEnd = true;
            status = Status.END_WITH_BARE_LINE_END;
            continue;
          }
          state = inLine(b);
        }
        case DOT_CR -> {
          if (b != '\n') {
            bareLineEnd = true;
          }
          status = end();
          continue;
        }
      }
      out[n++] = b;
    }
    if (n > 0 && !bareLineEnd && !longLine) {
      sink.write(out, 0, n);
    }
    return status;
  }

  private Status end() {
    if (bareLineEnd) {
      return Status.END_WITH_BARE_LINE_END;
    }
    return longLine ? Status.END_WITH_LONG_LINE : Status.END;
  }

  private State inLine(byte b) {
    if (b == '\n') {
      bareLineEnd = true;
      return State.LINE_START;
    }
    if (b == '\r') {
      return State.CR;
    }
    longLine |= ++lineBytes > maxLineBytes;
    return State.IN_LINE;
  }

  private State afterCarriageReturn(byte b) {
    if (b == '\n') {
      lineBytes = 0;
      return State.LINE_START;
    }
    bareLineEnd = true;
    if (b == '\r') {
      return State.CR;
    }
    return b == '.' ? State.DOT : State.IN_LINE;
  }
}
