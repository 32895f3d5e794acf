package io.mainstem.mailbox;

import io.mainstem.message.Rejected;

/**
 * The mailbox lives in another cell, or takes nothing more here because it is about to. To a client
 * it is a busy server; whoever routes looks into the directory until that says where, and asks
 * there. Nothing was done.
 */
public final class Moved extends Rejected {
  private static final long serialVersionUID = 1L;

  private final String cell;

  public Moved(String cell) {
    super(Rule.BUSY, "the mailbox is moving to another cell; ask again");
    this.cell = cell;
  }

  /** Where it lives or is going to, as far as is known. */
  public String cell() {
    return cell;
  }
}
