package io.mainstem.mailbox.host;

import io.mainstem.message.Rejected;

/**
 * The mailbox lives in another cell. To a client it is a busy server; whoever routes looks into the
 * directory again and asks there. Nothing was done.
 */
public final class Moved extends Rejected {
  private static final long serialVersionUID = 1L;

  private final String cell;

  public Moved(String cell) {
    super(Rule.BUSY, "the mailbox lives in another cell now; ask again");
    this.cell = cell;
  }

  /** Where it lives, as far as is known. */
  public String cell() {
    return cell;
  }
}
