package io.mainstem.store;

/**
 * What a version of the program reads and writes, as a number: a kind, field or layout that an
 * older version could not read belongs to a higher level. So versions work together in a rolling
 * upgrade: nothing is written of a level above the one in force, which is the lowest that all nodes
 * of a cell read. It stands in their store, rises when the last older node has gone, and never
 * sinks, because what was written under it remains.
 */
public final class FeatureLevel {
  /** The first. */
  public static final int FIRST = 1;

  /** Chats are edited. */
  public static final int EDITS = 2;

  /** Mailboxes are renewed, and mended. */
  public static final int RENEWALS = 2;

  /** The highest that this version reads and writes. */
  public static final int OWN = 2;

  /** This version cannot read what the others write. */
  public static final class TooOld extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int inForce;
    private final int own;

    public TooOld(int inForce, int own) {
      super(
          "what is stored is at feature level %d, and this version reads up to %d: start a newer one"
              .formatted(inForce, own));
      this.inForce = inForce;
      this.own = own;
    }

    public int inForce() {
      return inForce;
    }

    public int own() {
      return own;
    }
  }

  private FeatureLevel() {}
}
