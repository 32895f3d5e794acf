package io.mainstem.directory;

import java.time.Duration;

/**
 * What became of an attempt to log in. That too many log in at once is a failure of the future:
 * Rejected BUSY.
 */
public sealed interface LoginOutcome {
  /** The password (or an app password) is right. */
  record Welcome(Account account) implements LoginOutcome {}

  /** No such user, a wrong password, or a disabled account: which, is nobody's business. */
  record Wrong() implements LoginOutcome {}

  /** Too many wrong passwords; nothing was tried. */
  record Throttled(Duration retryAfter) implements LoginOutcome {}
}
