package io.mainstem.gateway.imap.session;

/**
 * A response broke off within a literal: whatever was said next would be taken for its bytes, so
 * the connection ends.
 */
public final class CutShort extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CutShort(Throwable cause) {
    super("A response broke off", cause);
  }
}
