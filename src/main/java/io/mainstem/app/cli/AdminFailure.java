package io.mainstem.app.cli;

/**
 * A command that a running node refused, or that found none. The message is for the person at the
 * terminal.
 */
public final class AdminFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public AdminFailure(String message) {
    super(message);
  }
}
