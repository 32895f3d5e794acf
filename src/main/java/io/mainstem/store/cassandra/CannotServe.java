package io.mainstem.store.cassandra;

/**
 * This Cassandra cannot be used. The message says what is wrong, where, and which key to change.
 */
public final class CannotServe extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CannotServe(String message) {
    super(message, null, false, false);
  }
}
