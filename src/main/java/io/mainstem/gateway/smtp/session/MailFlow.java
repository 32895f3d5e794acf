package io.mainstem.gateway.smtp.session;

import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one mail on their way into {@link Incoming}. A fault (too large, no space) ends the
 * keeping of the mail at once, but not the reading: the client hears of it where the protocol lets
 * it. Confined to one connection.
 */
public final class MailFlow {
  private final Incoming incoming;
  private final long maxSizeBytes;
  private long sizeBytes;
  private @Nullable Throwable fault;
  private boolean finished;

  public MailFlow(Incoming incoming, long maxSizeBytes) {
    this.incoming = incoming;
    this.maxSizeBytes = maxSizeBytes;
  }

  /** Never fails: see {@link #fault}. */
  public Future<Void> write(Buffer bytes) {
    sizeBytes += bytes.length();
    if (fault == null && sizeBytes > maxSizeBytes) {
      // RFC 1870 §6.3.
      fail(Refused.of(552, 3, 4, "The message is larger than " + maxSizeBytes + " bytes"));
    }
    if (fault != null) {
      return Future.succeededFuture();
    }
    return incoming
        .write(bytes)
        .otherwise(
            cause -> {
              fail(cause);
              return null;
            });
  }

  /** Ends the keeping of the mail; the first fault stays. */
  public void fail(Throwable cause) {
    if (fault == null) {
      fault = cause;
      incoming.abandon();
    }
  }

  public void fail(SmtpReply reply) {
    fail(new Refused(reply));
  }

  /** Why the mail will not be kept; null while it may be. */
  public @Nullable Throwable fault() {
    return fault;
  }

  /** The mail is complete: see {@link Incoming#finish}. */
  public Future<String> finish() {
    if (fault != null) {
      return Future.failedFuture(fault);
    }
    finished = true;
    return incoming.finish();
  }

  /** See {@link Incoming#onReplySeen}. */
  public void onReplySeen() {
    incoming.onReplySeen();
  }

  /** The client went away or began anew before the end. */
  public void abandon() {
    if (!finished && fault == null) {
      finished = true;
      incoming.abandon();
    }
  }
}
