package io.mainstem.mailbox.host;

import org.jspecify.annotations.Nullable;

/**
 * Something here is wrong, not what was asked. Whatever was thrown, who waits gets an exception:
 * nobody further on has to know of errors.
 */
final class Defect extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean midway;

  private Defect(String text, Throwable thrown, boolean midway) {
    super(text, thrown);
    this.midway = midway;
  }

  /** An exception stays what it is. */
  static RuntimeException of(Throwable thrown) {
    return thrown instanceof RuntimeException exception
        ? exception
        : new Defect("a defect of this server", thrown, false);
  }

  /** It came when a part of an entry may have been in the image, or its append under way. */
  static Defect midway(Throwable thrown) {
    return new Defect("a defect of this server while an entry was written", thrown, true);
  }

  static boolean isMidway(Throwable cause) {
    return cause instanceof Defect defect && defect.midway;
  }

  /** The error by which the machine says that it cannot go on, if it is that. */
  static @Nullable VirtualMachineError ofMachine(Throwable thrown) {
    Throwable first = thrown instanceof Defect ? thrown.getCause() : thrown;
    // A stack that is too deep is over when it is left.
    return first instanceof VirtualMachineError error && !(first instanceof StackOverflowError)
        ? error
        : null;
  }
}
