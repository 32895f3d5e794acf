package io.mainstem.mailbox.host;

import io.mainstem.message.Rejected;

/**
 * This node does not own the mailbox, or does so no more. To a client it is a busy server; a router
 * asks the owner instead.
 */
public final class NotOwner extends Rejected {
  private static final long serialVersionUID = 1L;

  private final boolean maybeDone;

  NotOwner(String text, boolean maybeDone) {
    super(Rule.BUSY, text);
    this.maybeDone = maybeDone;
  }

  /** Whether a command may have been stored all the same. */
  public boolean maybeDone() {
    return maybeDone;
  }
}
