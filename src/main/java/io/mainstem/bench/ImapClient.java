package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * As little of an IMAP client as a load needs (RFC 9051): reads responses as fast as a socket gives
 * them, and looks at nothing but lines' beginnings and the sizes of literals.
 */
final class ImapClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[64 << 10];
  private final byte[] line = new byte[128];
  private final Deque<String> pending = new ArrayDeque<>();
  private int at;
  private int end;
  private int tags;
  private long bytes;

  ImapClient(ServerProcess.Endpoint server, String user) throws IOException {
    socket = new Socket(server.host(), server.port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(120_000);
    in = socket.getInputStream();
    out = socket.getOutputStream();
    readLine();
    ok("LOGIN " + user + " " + Lab.PASSWORD);
  }

  /** How many bytes the server has sent. */
  long bytes() {
    return bytes;
  }

  /** Says a command and reads its whole answer; the number of untagged responses. */
  @CanIgnoreReturnValue
  int ok(String command) throws IOException {
    send(command);
    return answered();
  }

  /** Says a command without waiting for its answer. */
  void send(String command) throws IOException {
    String tag = "t" + ++tags;
    pending.add(tag);
    out.write((tag + " " + command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** Reads the answer of the oldest command that has none. */
  @CanIgnoreReturnValue
  int answered() throws IOException {
    String tag = pending.remove();
    int untagged = 0;
    while (true) {
      String said = readLine();
      if (said.startsWith(tag + " ")) {
        if (!said.startsWith("OK", tag.length() + 1)) {
          throw new IOException("refused: " + said);
        }
        return untagged;
      }
      untagged++;
    }
  }

  void append(String folder, String mail) throws IOException {
    send("APPEND " + folder + " {" + mail.length() + "+}\r\n" + mail);
  }

  /** Says IDLE and reads that it has begun. */
  void idle() throws IOException {
    out.write("i IDLE\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
    String said = readLine();
    if (!said.startsWith("+")) {
      throw new IOException("no IDLE: " + said);
    }
  }

  /** Reads up to a response that ends like this. */
  void await(String ending) throws IOException {
    while (!readLine().endsWith(ending)) {
      // Not yet.
    }
  }

  /** The beginning of a response, past its literals. */
  @CanIgnoreReturnValue
  String readLine() throws IOException {
    int length = 0;
    long literal = -1;
    boolean inBraces = false;
    while (true) {
      int c = next();
      if (c == '\n') {
        if (literal < 0 || inBraces) {
          return new String(line, 0, Math.min(length, line.length), StandardCharsets.US_ASCII)
              .stripTrailing();
        }
        skip(literal);
        literal = -1;
        continue;
      }
      if (c == '{') {
        inBraces = true;
        literal = 0;
      } else if (inBraces && c >= '0' && c <= '9') {
        literal = literal * 10 + c - '0';
      } else if (inBraces && c == '}') {
        inBraces = false;
      } else if (c != '\r') {
        inBraces = false;
        literal = -1;
      }
      if (length < line.length) {
        line[length] = (byte) c;
      }
      length++;
    }
  }

  private int next() throws IOException {
    if (at == end) {
      fill();
    }
    return buffer[at++];
  }

  private void skip(long n) throws IOException {
    long left = n;
    while (left > 0) {
      if (at == end) {
        fill();
      }
      int take = (int) Math.min(left, end - at);
      at += take;
      left -= take;
    }
  }

  private void fill() throws IOException {
    int n = in.read(buffer);
    if (n < 0) {
      throw new EOFException("the server closed the connection");
    }
    bytes += n;
    at = 0;
    end = n;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
