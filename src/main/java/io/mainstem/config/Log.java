package io.mainstem.config;

/** How much is logged. From debug on, logs may hold addresses and subjects. */
public record Log(@Default("info") Level level) {
  /** The least important lines that are still written. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }
}
