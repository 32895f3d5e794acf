package io.mainstem.cell.wire;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which nodes this one does not trust, or is not trusted by, with the settings to look at:
 * else they would be dialled for ever and nobody would know why. Once for each until a stream to it
 * stands; of those that dial, who are nobody yet, once a minute. Confined to the wire's context.
 */
final class Distrust {
  private static final Logger LOG = LoggerFactory.getLogger(Distrust.class);
  private static final long DIALLED_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Set<String> told = new HashSet<>();
  private long dialledNanos;
  private boolean dialledTold;

  /** This node has dialled another in vain. */
  void onDialling(String cell, String node, Throwable cause) {
    String reason = reason(cause);
    if (reason != null && told.add(node)) {
      LOG.warn(
          "Node {} of cell {} and this one do not trust one another: all certificates must be"
              + " signed by one authority, or none be used (cell.wire.authority,"
              + " cell.wire.certificate): {}",
          node,
          cell,
          reason);
    }
  }

  /** Somebody has dialled this node, and was not heard. */
  void onDialled(Throwable cause) {
    String reason = reason(cause);
    long now = System.nanoTime();
    if (reason != null && (!dialledTold || now - dialledNanos > DIALLED_NANOS)) {
      dialledTold = true;
      dialledNanos = now;
      LOG.warn(
          "Somebody who dials this node is not trusted, or does not trust it: all certificates must"
              + " be signed by one authority, or none be used (cell.wire.authority,"
              + " cell.wire.certificate): {}",
          reason);
    }
  }

  void onUp(String node) {
    told.remove(node);
  }

  /** What TLS has said, the innermost of it; null when it is not about TLS. */
  private static @Nullable String reason(Throwable cause) {
    boolean isTls = false;
    Throwable innermost = cause;
    for (Throwable each = cause; each != null; each = each.getCause()) {
      isTls |= each instanceof SSLException;
      innermost = each;
    }
    return isTls ? String.valueOf(innermost.getMessage()) : null;
  }
}
