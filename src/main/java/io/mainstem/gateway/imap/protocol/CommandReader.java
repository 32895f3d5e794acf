package io.mainstem.gateway.imap.protocol;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts a command together from the bytes of a connection: lines, and the literals that they
 * announce (RFC 9051 §4.3, RFC 7888). Holds one command, bounded; a message of APPEND is not its
 * business. Confined to one connection.
 */
public final class CommandReader {
  private final int maxBytes;
  private ByteArrayOutputStream command = new ByteArrayOutputStream(64);
  private State state = State.LINE;
  private long literal;
  private boolean faulty;
  private boolean lastWasCr;
  private int lineAt;

  /** The APPEND that goes on behind its message; null for a command that begins. */
  private CommandParser.@Nullable Tagged within;

  private enum State {
    LINE,
    LITERAL,
    /**
     * The announcement was refused; the octets of a non-synchronizing literal come all the same.
     */
    SKIP_LITERAL,
    SKIP_LINE
  }

  /** What the bytes gave. */
  public sealed interface Result {
    /** Nothing yet. */
    record More() implements Result {}

    /** The client waits for a continuation before it sends a literal. */
    record Continue() implements Result {}

    /**
     * An APPEND or REPLACE up to its message.
     *
     * @param synchronizing the client waits for a continuation
     */
    record Message(CommandParser.Tagged append, long sizeBytes, boolean synchronizing)
        implements Result {}

    /** A whole command. */
    record Whole(byte[] bytes) implements Result {}

    /** A command that is refused as a whole. @param tag null when it has none */
    record Refused(@Nullable String tag, boolean tooLong, String text) implements Result {}
  }

  private static final Result MORE = new Result.More();

  /**
   * @param maxBytes of one command with its literals
   */
  public CommandReader(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Whether a command has begun. */
  public boolean isWithin() {
    return command.size() > 0 || state != State.LINE;
  }

  /**
   * As {@link #read}, behind a message: the rest of its command, or the next message of the same
   * (RFC 3502).
   */
  public Result readOn(ByteInput in, CommandParser.Tagged append) {
    within = append;
    return read(in);
  }

  /** Takes bytes up to the next thing to act on. */
  public Result read(ByteInput in) {
    while (!in.isEmpty()) {
      switch (state) {
        case LITERAL -> readLiteral(in);
        case SKIP_LITERAL -> skipLiteral(in);
        case SKIP_LINE -> {
          if (in.next() == '\n') {
            return refusal();
          }
        }
        case LINE -> {
          Result result = readLine(in);
          if (result != MORE) {
            return result;
          }
        }
      }
    }
    return MORE;
  }

  private void readLiteral(ByteInput in) {
    int n = (int) Math.min(literal, in.available());
    in.takeInto(command, n);
    literal -= n;
    if (literal == 0) {
      state = State.LINE;
      lineAt = command.size();
    }
  }

  private void skipLiteral(ByteInput in) {
    int n = (int) Math.min(literal, in.available());
    in.skip(n);
    literal -= n;
    if (literal == 0) {
      state = State.SKIP_LINE;
    }
  }

  private Result readLine(ByteInput in) {
    while (!in.isEmpty()) {
      byte b = in.next();
      if (b == '\n') {
        lastWasCr = false;
        return endLine();
      }
      // A CR within a line, and NUL anywhere but in a literal, are no characters of the grammar.
      faulty |= lastWasCr || b == 0;
      lastWasCr = b == '\r';
      if (b != '\r') {
        command.write(b);
      }
      if (command.size() > maxBytes) {
        state = State.SKIP_LINE;
        return MORE;
      }
    }
    return MORE;
  }

  private Result endLine() {
    if (faulty) {
      return refusal();
    }
    byte[] bytes = command.toByteArray();
    int open = announcement(bytes);
    if (open < 0) {
      clear();
      return new Result.Whole(bytes);
    }
    boolean synchronizing = bytes[bytes.length - 2] != '+';
    long size = size(bytes, open, synchronizing);
    boolean binary = open > 0 && bytes[open - 1] == '~';
    byte[] head = Arrays.copyOf(bytes, binary ? open - 1 : open);
    var append =
        within == null
            ? AppendParser.before(head, binary)
            : AppendParser.between(within, head, binary);
    if (append != null) {
      clear();
      return new Result.Message(append, size, synchronizing);
    }
    if (size > maxBytes - bytes.length) {
      if (synchronizing) {
        // The client has sent nothing of it yet, and will not (RFC 9051 §4.3).
        return refusal();
      }
      literal = size;
      state = size == 0 ? State.SKIP_LINE : State.SKIP_LITERAL;
      return MORE;
    }
    command.write('\r');
    command.write('\n');
    literal = size;
    lineAt = command.size();
    state = size == 0 ? State.LINE : State.LITERAL;
    return synchronizing ? new Result.Continue() : MORE;
  }

  /** Where this line announces a literal at its end, or −1. */
  private int announcement(byte[] bytes) {
    int at = bytes.length - 1;
    if (at < lineAt || bytes[at] != '}') {
      return -1;
    }
    at--;
    if (at >= lineAt && bytes[at] == '+') {
      at--;
    }
    int digits = at;
    while (at >= lineAt && bytes[at] >= '0' && bytes[at] <= '9') {
      at--;
    }
    return at >= lineAt && at < digits && bytes[at] == '{' ? at : -1;
  }

  private static long size(byte[] bytes, int open, boolean synchronizing) {
    long size = 0;
    for (int i = open + 1; i < bytes.length - (synchronizing ? 1 : 2); i++) {
      size = size > Long.MAX_VALUE / 10 - 10 ? size : size * 10 + bytes[i] - '0';
    }
    return size;
  }

  private Result refusal() {
    boolean tooLong = !faulty;
    String text =
        tooLong ? "A command has at most " + maxBytes + " bytes" : "A line has no NUL or CR";
    String tag = null;
    try {
      tag = new Scanner(command.toByteArray()).tag();
    } catch (Malformed none) {
      // Refused without a tag.
    }
    clear();
    return new Result.Refused(tag, tooLong, text);
  }

  private void clear() {
    // A large command's buffer is not kept for the small ones that follow.
    command = command.size() > 1024 ? new ByteArrayOutputStream(64) : reset(command);
    state = State.LINE;
    faulty = false;
    lastWasCr = false;
    lineAt = 0;
    within = null;
  }

  private static ByteArrayOutputStream reset(ByteArrayOutputStream out) {
    out.reset();
    return out;
  }
}
