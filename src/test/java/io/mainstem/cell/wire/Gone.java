package io.mainstem.cell.wire;

/** Lets a simulated wire fail as the real one does. */
public final class Gone {
  private Gone() {}

  public static RuntimeException because(String text, boolean maybeDone) {
    return new PeerGone(text, maybeDone);
  }
}
