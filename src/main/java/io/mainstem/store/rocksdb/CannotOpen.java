package io.mainstem.store.rocksdb;

/** The data directory cannot be used. The message says what is wrong, where, and what to do. */
public final class CannotOpen extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CannotOpen(String message) {
    super(message, null, false, false);
  }
}
