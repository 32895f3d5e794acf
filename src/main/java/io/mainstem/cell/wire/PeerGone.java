package io.mainstem.cell.wire;

/** A call to another node has no outcome: there is no stream to it, or it ended meanwhile. */
public final class PeerGone extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean maybeDone;

  PeerGone(String text, boolean maybeDone) {
    super(text, null, false, false);
    this.maybeDone = maybeDone;
  }

  /** Whether the other may have done what it was asked. */
  public boolean maybeDone() {
    return maybeDone;
  }
}
