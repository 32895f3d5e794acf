package io.mainstem.message;

/**
 * A request that was understood and refused: the asker's fault or a limit, named by its rule. It
 * carries no stack trace.
 */
public class Rejected extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Rule rule;

  public Rejected(Rule rule, String text) {
    super(text, null, false, false);
    this.rule = rule;
  }

  public Rule rule() {
    return rule;
  }

  /** Why; each gateway maps it to its own wire code. */
  public enum Rule {
    /** The same id came before with other content. HTTP 409. */
    CONFLICT,
    /** What is named does not exist or is somebody else's. HTTP 404. */
    NOT_FOUND,
    /** The request contradicts itself or a bound. HTTP 400. */
    INVALID,
    /** A recipient does not exist. HTTP 422, SMTP 550 5.1.1. */
    UNKNOWN_RECIPIENT,
    /** Larger than is taken. HTTP 413, SMTP 552 5.3.4. */
    TOO_LARGE,
    /** The mailbox is full. HTTP 507, SMTP 552 5.2.2. */
    OVER_QUOTA,
    /** Too many in too short a time. HTTP 429, SMTP 450 4.7.1. */
    RATE_LIMITED,
    /** The owner's policy refuses it. HTTP 403, SMTP 550 5.7.1. */
    NOT_PERMITTED,
    /** The undo time is over, or that entry cannot be undone. HTTP 409. */
    NOT_UNDOABLE,
    /** The cursor cannot be gone on from; load anew. HTTP 410. */
    RESET,
    /** A queue is full or the owner is not reachable; try again. HTTP 503, SMTP 451 4.3.2. */
    BUSY,
    /** The store refuses writes (disk full, I/O error); reads go on. HTTP 507, SMTP 452 4.3.1. */
    STORE_FULL,
    /** The store failed in another way. HTTP 503, SMTP 451 4.3.0. */
    STORE_FAILED
  }
}
