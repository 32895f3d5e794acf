package io.mainstem.mailbox;

/** What a watcher is told. */
public sealed interface Watched {
  /** One entry of the log. */
  record Entry(Frame frame) implements Watched {}

  /**
   * All that was durable when the watch began has been told.
   *
   * @param stale whether its owner was sure of that, or it may be old: see {@link Staleness}
   */
  record CaughtUp(Cursor cursor, boolean stale) implements Watched {
    /** Of an owner who is sure. */
    public CaughtUp(Cursor cursor) {
      this(cursor, false);
    }
  }

  /**
   * From {@code now} on what was told may be old, because its owner does not know whether he still
   * is; or, if not {@code now}, no more. Told when it changes.
   */
  record Stale(boolean now) implements Watched {}

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
