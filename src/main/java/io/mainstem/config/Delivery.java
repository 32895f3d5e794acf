package io.mainstem.config;

/**
 * From a sender's outbox to the recipients.
 *
 * @param parallel messages of one sender under way to one recipient at once
 * @param queue messages that may wait or be under way in all; the rest stays in the outbox
 * @param deadLetterSeconds how long a delivery is tried before it becomes a dead letter
 */
public record Delivery(
    @Default("64") @Range(min = 1, max = 100_000) int parallel,
    @Default("65536") @Range(min = 1, max = 10_000_000) int queue,
    @Default("200") @Range(min = 1, max = 3_600_000) int retryFirstMillis,
    @Default("900000") @Range(min = 1, max = 86_400_000) int retryMaxMillis,
    @Default("432000") @Range(min = 1, max = 31_536_000) long deadLetterSeconds) {

  public Delivery {
    if (retryFirstMillis > retryMaxMillis) {
      throw new ConfigException(
          "delivery.retryFirstMillis = \"%d\" is not allowed: at most delivery.retryMaxMillis, which is %d"
              .formatted(retryFirstMillis, retryMaxMillis));
    }
  }
}
