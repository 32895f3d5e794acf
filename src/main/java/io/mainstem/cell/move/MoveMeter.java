package io.mainstem.cell.move;

import io.mainstem.message.UserId;

/** Is told how far moves are; metrics implement it. */
@FunctionalInterface
public interface MoveMeter {
  /** What is about to be done for a mailbox that goes to another cell. */
  enum Step {
    /** Entries are given to the other cell, while all goes on here. */
    COPYING,
    /** The log is to take nothing any more. */
    FREEZING,
    /** The last entries are given to the other cell. */
    CATCHING_UP,
    /** The directory is to say that the copy is the mailbox. */
    FLIPPING,
    /** The other cell is told; watchers go there. */
    GREETING,
    /** What was said is taken out of the old generation. */
    CLEARING,
    /** The directory is to say that the move is over, without a change. */
    ABORTING,
    /** The log takes commands again. */
    THAWING
  }

  void onStep(UserId user, Step step);
}
