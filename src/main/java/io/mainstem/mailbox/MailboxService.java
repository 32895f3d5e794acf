package io.mainstem.mailbox;

import io.mainstem.message.UserId;
import io.vertx.core.Future;
import reactor.core.publisher.Flux;

/**
 * The sole entry to a user's mailbox, wherever it lives. Nothing that these give was computed from
 * an event that is not settled. Refusals are {@link io.mainstem.message.Rejected}; anything else
 * that fails a future is our fault.
 */
public interface MailboxService {
  /**
   * Decides a command; the reply comes when its entry is durable. Repeating a command changes
   * nothing.
   */
  <R extends Reply> Future<R> submit(UserId user, Command<R> command);

  /** Answers from the settled image. */
  <R> Future<R> query(UserId user, Query<R> query);

  /**
   * As {@link #submit(UserId, Command)}; before the reply, or the refusal, {@code stale} is told of
   * it when that may be old.
   */
  default <R extends Reply> Future<R> submit(UserId user, Command<R> command, Staleness stale) {
    return submit(user, command);
  }

  /**
   * As {@link #query(UserId, Query)}; before the answer, or the refusal, {@code stale} is told of
   * it when that may be old.
   */
  default <R> Future<R> query(UserId user, Query<R> query, Staleness stale) {
    return query(user, query);
  }

  /**
   * Every entry after the cursor, once, in order, without a gap: first those of the log, then a
   * {@link Watched.CaughtUp}, then live ones. Cold; cancel to stop. A subscriber that asks for no
   * more costs a bounded buffer and is read from the log later. A cursor that cannot be gone on
   * from gives a {@link Watched.Reset} first and then goes on from its seq. Whether what was told
   * may be old is said by the {@link Watched.CaughtUp}, and then by a {@link Watched.Stale} for
   * each change of that. Ends with {@link Watched.Reconnect} when this node no longer owns the
   * user.
   */
  Flux<Watched> watch(UserId user, Cursor after);

  /** Whether what is asked of this user needs no other node now. */
  default boolean isHere(UserId user) {
    return true;
  }

  /** Tells those who watch this user of something that is never logged; it may be lost. */
  default void signal(UserId user, Signal signal) {}
}
