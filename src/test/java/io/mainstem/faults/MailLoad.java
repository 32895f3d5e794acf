package io.mainstem.faults;

import io.mainstem.bench.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Mail over SMTP and submission, one transaction after another, until the server is gone. */
final class MailLoad {
  private MailLoad() {}

  static void smtp(
      ServerProcess.Endpoint at,
      KillIT test,
      String user,
      AtomicInteger unanswered,
      AtomicBoolean stop) {
    run(
        at,
        test,
        "smtp",
        user,
        "",
        () -> user,
        "dora@elsewhere.example",
        "Dora <dora@elsewhere.example>",
        unanswered,
        stop);
  }

  static void submission(
      ServerProcess.Endpoint at,
      KillIT test,
      String user,
      String password,
      AtomicInteger unanswered,
      AtomicBoolean stop) {
    String address = user + "@mainstem.test";
    run(
        at,
        test,
        "submission",
        user,
        password,
        () -> test.other(user),
        address,
        address,
        unanswered,
        stop);
  }

  private static void run(
      ServerProcess.Endpoint at,
      KillIT test,
      String gateway,
      String user,
      String password,
      Supplier<String> recipient,
      String from,
      String header,
      AtomicInteger unanswered,
      AtomicBoolean stop) {
    try (var smtp = new Session(at)) {
      if (!password.isEmpty()) {
        smtp.login(user, password);
      }
      while (!stop.get()) {
        String to = recipient.get();
        String mark = test.newMark(password.isEmpty() ? List.of(to) : List.of(user, to));
        unanswered.incrementAndGet();
        String address = to + "@mainstem.test";
        try {
          smtp.send(from, address, header, mark);
        } catch (IOException e) {
          test.unknown(new KillIT.Unknown.Mail(mark, gateway, user, from, address, header));
          return;
        }
        test.acknowledge(mark);
        unanswered.decrementAndGet();
      }
    } catch (IOException gone) {
      // The server went away between two mails: nothing is under way.
    }
  }

  /** As little of an SMTP client as is needed (RFC 5321, RFC 4954). */
  static final class Session implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    Session(ServerProcess.Endpoint at) throws IOException {
      socket = new Socket(at.host(), at.port());
      socket.setSoTimeout(180_000);
      socket.setTcpNoDelay(true);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      out = socket.getOutputStream();
      expect(220);
      write("EHLO load.example\r\n");
      expect(250);
    }

    void login(String user, String password) throws IOException {
      byte[] plain = ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
      write("AUTH PLAIN " + Base64.getEncoder().encodeToString(plain) + "\r\n");
      expect(235);
    }

    void send(String from, String to, String header, String mark) throws IOException {
      sendFor(from, to, header, mark);
    }

    /** Sends; the reply line that accepted it. */
    String sendFor(String from, String to, String header, String mark) throws IOException {
      write("MAIL FROM:<" + from + ">\r\n");
      expect(250);
      write("RCPT TO:<" + to + ">\r\n");
      expect(250);
      write("DATA\r\n");
      expect(354);
      write(
          "From: "
              + header
              + "\r\nTo: "
              + to
              + "\r\nSubject: Report\r\nMessage-ID: <"
              + mark.replace("mark-", "id-")
              + "@elsewhere.example>\r\n\r\n"
              + mark
              + "\r\n.\r\n");
      return expect(250);
    }

    void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }

    String expect(int code) throws IOException {
      while (true) {
        String line = in.readLine();
        if (line == null) {
          throw new IOException("the server closed the connection");
        }
        if (!line.startsWith(Integer.toString(code))) {
          throw new IOException("expected " + code + ", got: " + line);
        }
        if (line.length() < 4 || line.charAt(3) == ' ') {
          return line;
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
