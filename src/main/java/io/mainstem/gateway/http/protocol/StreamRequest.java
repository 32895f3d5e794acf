package io.mainstem.gateway.http.protocol;

import io.mainstem.message.ThreadId;

/** What a client asks over the stream. */
public sealed interface StreamRequest {
  /** {@code POST /messages}. */
  record Send(SendRequest message) implements StreamRequest {}

  /** {@code POST /threads/{id}/read}. */
  record Read(ThreadId thread, String upTo) implements StreamRequest {}

  /** The owner writes in a thread; never answered. */
  record Typing(ThreadId thread) implements StreamRequest {}

  /** This device has what came up to this cursor; never answered. */
  record Ack(String seq) implements StreamRequest {}

  /**
   * Asks for a sign of life. A browser cannot see the pings of RFC 6455 §5.5.2, and a frozen server
   * closes nothing.
   */
  record Ping() implements StreamRequest {}
}
