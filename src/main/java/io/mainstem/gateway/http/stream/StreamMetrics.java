package io.mainstem.gateway.http.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;

/** What the stage {@code stream} counts. */
public final class StreamMetrics {
  private final MeterRegistry registry;
  private final Counter sent;
  private final Counter received;
  private final Counter refused;
  private final ConcurrentHashMap<Short, Counter> closed = new ConcurrentHashMap<>();

  public StreamMetrics(MeterRegistry registry, Streams streams) {
    this.registry = registry;
    this.sent =
        Counter.builder("stream.sent")
            .description("Messages written to streams.")
            .register(registry);
    this.received =
        Counter.builder("stream.received")
            .description("Messages read from streams.")
            .register(registry);
    this.refused =
        Counter.builder("stream.refused")
            .description("Operations that were not taken.")
            .register(registry);
    Gauge.builder("stream.open", streams, Streams::open)
        .description("Open streams.")
        .register(registry);
  }

  void sent() {
    sent.increment();
  }

  void received() {
    received.increment();
  }

  void refused() {
    refused.increment();
  }

  /** Closed by us, with this code. */
  void closed(short code) {
    closed
        .computeIfAbsent(
            code,
            c ->
                Counter.builder("stream.closed")
                    .description("Streams that we closed.")
                    .tag("code", c.toString())
                    .register(registry))
        .increment();
  }
}
