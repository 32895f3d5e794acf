package io.mainstem.gateway.imap;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** An IMAP client of a few lines, over a plain socket of the JDK. Bytes are Latin-1 characters. */
public final class ImapClient implements AutoCloseable {
  private final Socket socket;
  private InputStream in;
  private OutputStream out;
  private int tags;

  public ImapClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
    out = socket.getOutputStream();
    line();
  }

  public static ImapClient of(int port, String user) throws IOException {
    return of(port, user, "secret");
  }

  public static ImapClient of(int port, String user, String password) throws IOException {
    var client = new ImapClient(port);
    client.ok("LOGIN " + user + " " + password);
    return client;
  }

  /** RFC 4978. */
  public void compress() throws IOException {
    ok("COMPRESS DEFLATE");
    in = new BufferedInputStream(new InflaterInputStream(in, new Inflater(true)), 64 << 10);
    out =
        new DeflaterOutputStream(out, new Deflater(Deflater.DEFAULT_COMPRESSION, true), 512, true);
  }

  /** What the server said to a command: untagged responses with their literals, and the end. */
  public record Answer(List<String> untagged, String tagged) {
    public boolean isOk() {
      return tagged.startsWith("OK");
    }
  }

  public Answer ok(String command) throws IOException {
    Answer answer = say(command);
    if (!answer.isOk()) {
      throw new IOException(command + ": " + answer.tagged());
    }
    return answer;
  }

  public Answer say(String command) throws IOException {
    String tag = "t" + ++tags;
    send(tag + " " + command + "\r\n");
    return answer(tag);
  }

  /** APPEND without waiting for a continuation; gives the UID. */
  public int append(String folder, String mail) throws IOException {
    return appended(ok("APPEND " + folder + " {" + mail.length() + "+}\r\n" + mail));
  }

  /** The UID that an APPEND was given. */
  public static int appended(Answer answer) {
    return Integer.parseInt(answer.tagged().replaceAll("OK \\[APPENDUID \\d+ (\\d+)\\].*", "$1"));
  }

  public void send(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  public Answer answer(String tag) throws IOException {
    List<String> untagged = new ArrayList<>();
    while (true) {
      String line = line();
      if (line.startsWith(tag + " ")) {
        return new Answer(untagged, line.substring(tag.length() + 1));
      }
      untagged.add(line);
    }
  }

  /** One response with its literals. */
  public String line() throws IOException {
    var line = new ByteArrayOutputStream();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("the server closed the connection after: " + line);
      }
      if (c != '\n') {
        line.write(c);
        continue;
      }
      String text = line.toString(StandardCharsets.ISO_8859_1);
      int open = text.lastIndexOf('{');
      if (!text.endsWith("}\r") || open < 0 || !text.substring(open + 1).matches("\\d+\\}\r")) {
        return text.substring(0, text.length() - 1);
      }
      line.write('\n');
      line.write(in.readNBytes(Integer.parseInt(text.substring(open + 1, text.length() - 2))));
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
