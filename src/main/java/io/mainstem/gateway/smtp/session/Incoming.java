package io.mainstem.gateway.smtp.session;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * One mail on its way to disk. One call at a time: the next waits for the future of the one before.
 * Ends with {@link #finish} or {@link #abandon}.
 */
public interface Incoming {
  /** Takes bytes of the mail; completes when more may come. */
  Future<Void> write(Buffer bytes);

  /**
   * The mail is complete. Completes once it is durable for every recipient, with the text that the
   * reply names it by; fails with {@link Refused} or {@link io.mainstem.message.Rejected}.
   */
  Future<String> finish();

  /**
   * The client went on after it was told that the mail is kept: it will not send it again for want
   * of a reply.
   */
  void onReplySeen();

  /** The mail will not be completed; nothing of it is kept. */
  void abandon();
}
