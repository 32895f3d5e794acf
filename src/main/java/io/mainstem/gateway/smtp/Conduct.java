package io.mainstem.gateway.smtp;

import io.mainstem.config.SmtpLimits;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How a client has behaved so far, against what it may: commands, errors, silence. Confined to one
 * connection.
 */
final class Conduct {
  private final SmtpLimits limits;
  private final LongSupplier nowMillis;
  private int commands;
  private int errors;
  private long progressMillis;

  Conduct(SmtpLimits limits, LongSupplier nowMillis) {
    this.limits = limits;
    this.nowMillis = nowMillis;
    this.progressMillis = nowMillis.getAsLong();
  }

  long nowMillis() {
    return nowMillis.getAsLong();
  }

  /**
   * The client did something that is worth waiting for more: a whole line, bytes of a mail. A byte
   * of a line is none.
   */
  void onProgress() {
    progressMillis = nowMillis.getAsLong();
  }

  void onCommand() {
    commands++;
    onProgress();
  }

  void onError() {
    errors++;
  }

  /** A mail that was kept shows a client that means well. */
  void onMailKept() {
    errors = 0;
  }

  boolean hasTooManyCommands() {
    return commands > limits.maxCommands();
  }

  boolean hasTooManyErrors() {
    return errors > limits.maxErrors();
  }

  boolean isIdle() {
    return nowMillis.getAsLong() - progressMillis > TimeUnit.SECONDS.toMillis(limits.idleSeconds());
  }

  /** Whether a mail whose bytes began to come then takes too long. */
  boolean isSlowSince(long sinceMillis) {
    return nowMillis.getAsLong() - sinceMillis > TimeUnit.SECONDS.toMillis(limits.maxDataSeconds());
  }
}
