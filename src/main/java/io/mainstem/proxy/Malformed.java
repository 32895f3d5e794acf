package io.mainstem.proxy;

/** What a proxy said is not what its protocol allows. */
final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Malformed(String message) {
    super(message, null, false, false);
  }
}
