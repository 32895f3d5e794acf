package io.mainstem.app;

import org.jspecify.annotations.Nullable;

/**
 * The node cannot start. The message says in one line what is wrong, where, and what to do; the
 * process ends with 1.
 */
public final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartFailure(String message) {
    super(message);
  }

  public StartFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
