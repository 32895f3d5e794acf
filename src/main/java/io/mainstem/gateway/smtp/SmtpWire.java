package io.mainstem.gateway.smtp;

import io.mainstem.gateway.smtp.session.Peer;
import io.mainstem.line.LineConnection;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** A client's socket. */
record SmtpWire(LineConnection connection) implements Wire {
  @Override
  public void write(String text) {
    connection.write(Buffer.buffer(text));
  }

  @Override
  public void pause() {
    connection.pause();
  }

  @Override
  public void resume() {
    connection.resume();
  }

  @Override
  public Future<Peer.Tls> startTls(String reply) {
    return connection
        .startTls(Buffer.buffer(reply))
        .map(session -> new Peer.Tls(session.getProtocol(), session.getCipherSuite()));
  }

  @Override
  public void close() {
    connection.close();
  }

  @Override
  public void run(Runnable task) {
    connection.run(task);
  }
}
