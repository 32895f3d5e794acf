package io.mainstem.gateway.smtp;

import io.mainstem.gateway.smtp.session.Peer;
import io.vertx.core.Future;

/**
 * What a conversation needs of a connection. All calls and callbacks are on the connection's
 * context.
 */
interface Wire {
  /** Sends text, in the order of the calls. */
  void write(String text);

  /** No more bytes are delivered until {@link #resume}. */
  void pause();

  void resume();

  /**
   * Sends this reply as the last in the clear and starts TLS; the client's next bytes are read as a
   * handshake.
   */
  Future<Peer.Tls> startTls(String reply);

  /** Closes once everything written has left. */
  void close();

  /** Runs this on the connection's context: at once when it is the caller's. */
  void run(Runnable task);
}
