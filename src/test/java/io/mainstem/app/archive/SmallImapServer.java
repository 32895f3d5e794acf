package io.mainstem.app.archive;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * As much of an IMAP server (RFC 3501) as an import asks for: folders, and FETCH by message
 * numbers. What stands in it can be changed between two imports.
 */
final class SmallImapServer implements AutoCloseable {
  private static final Pattern FETCH = Pattern.compile("FETCH (\\d+)(?::(\\d+))? \\(?(.*?)\\)?");
  private static final Pattern PARTIAL = Pattern.compile("BODY\\.PEEK\\[\\](?:<(\\d+)\\.(\\d+)>)?");

  final Map<String, Box> folders = new LinkedHashMap<>();

  /** Every command, without tag and password. */
  final List<String> said = new CopyOnWriteArrayList<>();

  private final ServerSocket listening;

  /** A folder. */
  static final class Box {
    final String attributes;
    long validity;
    final List<Mail> mails = new ArrayList<>();

    Box(String attributes, long validity) {
      this.attributes = attributes;
      this.validity = validity;
    }
  }

  /** A message. */
  record Mail(long uid, String flags, String received, byte[] bytes) {}

  SmallImapServer() throws IOException {
    listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Thread.startVirtualThread(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        InputStream in = new BufferedInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream()) {
      Box[] selected = new Box[1];
      say(out, "* OK small");
      for (String line = line(in); line != null; line = line(in)) {
        int space = line.indexOf(' ');
        String tag = line.substring(0, space);
        String answer = answer(line.substring(space + 1), selected, out);
        say(out, tag + " " + answer);
        if (answer.startsWith("OK bye")) {
          return;
        }
      }
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  private synchronized String answer(String command, Box[] selected, OutputStream out)
      throws IOException {
    String word = command.split(" ", 2)[0].toUpperCase(Locale.ROOT);
    said.add(word.equals("LOGIN") ? word : command);
    switch (word) {
      case "CAPABILITY" -> say(out, "* CAPABILITY IMAP4rev1");
      case "LOGIN" -> {
        if (!command.endsWith("secret")) {
          return "NO [AUTHENTICATIONFAILED] wrong";
        }
      }
      case "LIST" -> {
        for (Map.Entry<String, Box> folder : folders.entrySet()) {
          say(
              out,
              "* LIST (" + folder.getValue().attributes + ") \".\" \"" + folder.getKey() + "\"");
        }
      }
      case "EXAMINE" -> {
        selected[0] = folders.get(command.substring(8).replace("\"", ""));
        say(out, "* FLAGS (\\Seen)");
        say(out, "* " + selected[0].mails.size() + " EXISTS");
        say(out, "* 0 RECENT");
        say(out, "* OK [UIDVALIDITY " + selected[0].validity + "] valid");
        return "OK [READ-ONLY] examined";
      }
      case "FETCH" -> fetch(command, selected[0], out);
      case "LOGOUT" -> {
        say(out, "* BYE");
        return "OK bye";
      }
      case "NOOP", "CLOSE" -> {}
      default -> {
        return "BAD what?";
      }
    }
    return "OK done";
  }

  private static void fetch(String command, Box box, OutputStream out) throws IOException {
    Matcher what = FETCH.matcher(command);
    if (!what.matches()) {
      throw new IOException(command);
    }
    int from = Integer.parseInt(what.group(1));
    int to = what.group(2) == null ? from : Integer.parseInt(what.group(2));
    for (int number = from; number <= Math.min(to, box.mails.size()); number++) {
      Mail mail = box.mails.get(number - 1);
      ByteArrayOutputStream items = new ByteArrayOutputStream();
      for (String item : what.group(3).split(" ", -1)) {
        items.write(items.size() == 0 ? '(' : ' ');
        switch (item) {
          case "UID" -> text(items, "UID " + mail.uid());
          case "FLAGS" -> text(items, "FLAGS (" + mail.flags() + ")");
          case "INTERNALDATE" -> text(items, "INTERNALDATE \"" + mail.received() + "\"");
          case "RFC822.SIZE" -> text(items, "RFC822.SIZE " + mail.bytes().length);
          default -> body(items, item, mail);
        }
      }
      text(items, ")");
      say(out, "* " + number + " FETCH " + items.toString(StandardCharsets.ISO_8859_1));
    }
  }

  private static void body(ByteArrayOutputStream out, String item, Mail mail) {
    Matcher partial = PARTIAL.matcher(item);
    if (!partial.matches()) {
      throw new IllegalArgumentException(item);
    }
    boolean whole = partial.group(1) == null;
    int start = whole ? 0 : Math.min(Integer.parseInt(partial.group(1)), mail.bytes().length);
    int length =
        whole
            ? mail.bytes().length
            : Math.min(Integer.parseInt(partial.group(2)), mail.bytes().length - start);
    text(out, "BODY[]" + (whole ? "" : "<" + start + ">") + " {" + length + "}\r\n");
    out.write(mail.bytes(), start, length);
  }

  private static void text(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static @Nullable String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == '\n') {
        return line.toString();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return null;
  }
}
