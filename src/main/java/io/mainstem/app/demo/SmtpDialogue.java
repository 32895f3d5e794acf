package io.mainstem.app.demo;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * One mail handed to an SMTP server, one command after the other (RFC 5321 §3.3). For the
 * demonstration only: no retries, no TLS.
 *
 * <p>Confined to the context of its connection.
 */
final class SmtpDialogue {
  private static final long LIMIT_MILLIS = 10_000;
  private static final int MAX_LINE = 1_000;

  /** A line to say, and what the reply to it must begin with. */
  private record Turn(String line, char expected) {}

  private final NetSocket socket;
  private final Promise<Void> sent = Promise.promise();
  private final Deque<Turn> turns = new ArrayDeque<>();
  private char expected = '2';

  private SmtpDialogue(
      NetSocket socket, String reversePath, String forwardPath, List<String> content) {
    this.socket = socket;
    turns.add(new Turn("EHLO localhost", '2'));
    turns.add(new Turn("MAIL FROM:<" + reversePath + ">", '2'));
    turns.add(new Turn("RCPT TO:<" + forwardPath + ">", '2'));
    turns.add(new Turn("DATA", '3'));
    turns.add(new Turn(String.join("\r\n", content) + "\r\n.", '2'));
    turns.add(new Turn("QUIT", '2'));
  }

  static Future<Void> send(
      Vertx vertx,
      SocketAddress server,
      String reversePath,
      String forwardPath,
      List<String> content) {
    var client = vertx.createNetClient();
    return client
        .connect(server)
        .compose(
            socket -> {
              var dialogue = new SmtpDialogue(socket, reversePath, forwardPath, content);
              long timer =
                  vertx.setTimer(
                      LIMIT_MILLIS, id -> dialogue.end("the server did not answer in time"));
              var lines =
                  RecordParser.newDelimited("\r\n", line -> dialogue.onLine(line.toString()));
              lines.maxRecordSize(MAX_LINE);
              lines.exceptionHandler(cause -> dialogue.end("a reply was too long"));
              socket.handler(lines);
              socket.closeHandler(gone -> dialogue.end("the server closed the connection"));
              return dialogue
                  .sent
                  .future()
                  .eventually(
                      () -> {
                        vertx.cancelTimer(timer);
                        return socket.close();
                      });
            })
        .eventually(client::close);
  }

  /** A reply may have several lines; the last has a space behind its code (RFC 5321 §4.2.1). */
  private void onLine(String line) {
    if (line.length() > 3 && line.charAt(3) == '-') {
      return;
    }
    if (line.isEmpty() || line.charAt(0) != expected) {
      end("the server said " + line.substring(0, Math.min(3, line.length())));
      return;
    }
    var next = turns.poll();
    if (next == null) {
      sent.tryComplete();
      return;
    }
    expected = next.expected();
    socket.write(next.line() + "\r\n").onFailure(sent::tryFail);
  }

  private void end(String why) {
    sent.tryFail(new IllegalStateException("The mail was not taken: " + why + "."));
  }
}
