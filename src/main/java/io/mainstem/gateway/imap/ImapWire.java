package io.mainstem.gateway.imap;

import io.mainstem.gateway.imap.session.Wire;
import io.mainstem.line.LineConnection;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** A client's socket. */
record ImapWire(LineConnection connection) implements Wire {
  @Override
  public void write(Buffer bytes) {
    connection.write(bytes);
  }

  @Override
  public boolean hasRoom() {
    return connection.hasRoom();
  }

  @Override
  public Future<Void> room() {
    return connection.room();
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
  public Future<Void> startTls() {
    return connection.startTls(Buffer.buffer()).mapEmpty();
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
