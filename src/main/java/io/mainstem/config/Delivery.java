package io.mainstem.config;

/**
 * From a sender's outbox to the recipients.
 *
 * @param parallel messages of one sender under way to one recipient at once
 * @param queue messages that may wait in memory or be under way to one node of this cell or to one
 *     other cell; the rest stays in the outboxes, which are logs
 * @param probeMillis pause between two tries of one of those whose node or cell is not reached
 * @param deadLetterSeconds how long a delivery is tried before it becomes a dead letter
 */
public record Delivery(
    @Default("64") @Range(min = 1, max = 100_000) int parallel,
    @Default("65536") @Range(min = 1, max = 10_000_000) int queue,
    @Default("200") @Range(min = 1, max = 3_600_000) int retryFirstMillis,
    @Default("900000") @Range(min = 1, max = 86_400_000) int retryMaxMillis,
    @Default("1000") @Range(min = 10, max = 3_600_000) int probeMillis,
    @Default("432000") @Range(min = 1, max = 31_536_000) long deadLetterSeconds) {

  public Delivery {
    if (retryFirstMillis > retryMaxMillis) {
      throw new ConfigException(
          "delivery.retryFirstMillis = \"%d\" is not allowed: at most delivery.retryMaxMillis, which is %d"
              .formatted(retryFirstMillis, retryMaxMillis));
    }
  }
}
