package io.mainstem.gateway.imap.session;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** The connection of one client, as its session uses it. */
public interface Wire {
  void write(Buffer bytes);

  /** Whether the socket takes more without gathering it in memory. */
  boolean hasRoom();

  /** Completes when it does; fails when the client is gone. */
  Future<Void> room();

  /** Reads no more until {@link #resume}. */
  void pause();

  void resume();

  /** Begins TLS; what was written before goes out in the clear. */
  Future<Void> startTls();

  void close();

  /** Runs this on the connection's context. */
  void run(Runnable task);
}
