package io.mainstem.mailbox;

/** What a watcher is told. */
public sealed interface Watched {
  /** One entry of the log. */
  record Entry(Frame frame) implements Watched {}

  /** All that was durable when the watch began has been told. */
  record CaughtUp(Cursor cursor) implements Watched {}

  /**
   * The cursor was of another generation, before the kept log, ahead of it or too far behind: load
   * anew, go on from here.
   */
  record Reset(Cursor cursor) implements Watched {}

  /** Something that is never logged (typing, presence). */
  record Ephemeral(Signal signal) implements Watched {}

  /** The owner has changed or gives up: watch again from the last cursor. */
  record Reconnect() implements Watched {}
}
