package io.mainstem.gateway.http.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A request that could not be read: a syntax error, named by the field where it stands. It carries
 * no stack trace.
 */
public final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String field;

  public Malformed(String text, @Nullable String field) {
    super(text, null, false, false);
    this.field = field;
  }

  public @Nullable String field() {
    return field;
  }
}
