package io.mainstem.gateway.imap.protocol;

import org.jspecify.annotations.Nullable;

/** A command that breaks the grammar: answered BAD, and the session goes on. No stack trace. */
public final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String tag;

  public Malformed(String text) {
    this(null, text);
  }

  private Malformed(@Nullable String tag, String text) {
    super(text, null, false, false);
    this.tag = tag;
  }

  Malformed with(String itsTag) {
    return new Malformed(itsTag, String.valueOf(getMessage()));
  }

  /** The command's tag, or null when not even that could be read. */
  public @Nullable String tag() {
    return tag;
  }
}
