package io.mainstem.directory;

import io.mainstem.directory.Account.Move;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.time.InstantSource;

/**
 * Where users live, and how that changes: each change is one conditional write of the account, so
 * that of a move's end and its abort exactly one happens. Every move has a generation of its own,
 * which is never used again when it is given up; so whoever still works on it can do no harm.
 *
 * <pre>
 *   (a, 3) ──plan──► (a, 3) → (b, 4) ──flip──► (b, 4)
 *     ▲                   │
 *     └──────abort────────┘   the next plan is for generation 5
 * </pre>
 */
public final class Moves {
  private final Accounts accounts;
  private final InstantSource clock;

  Moves(Accounts accounts, InstantSource clock) {
    this.accounts = accounts;
    this.clock = clock;
  }

  /**
   * The user is to live in this cell. Planning the same again answers the move under way; another
   * one fails with CONFLICT.
   */
  public Future<Account> plan(UserId user, String cell) {
    return accounts.update(
        user,
        account -> {
          Move move = account.move();
          if (move != null && move.cell().equals(cell)) {
            return account;
          }
          if (move != null) {
            throw new Rejected(
                Rule.CONFLICT,
                "The user is already on his way to cell " + move.cell() + "; abort that first.");
          }
          if (account.cell().equals(cell)) {
            throw new Rejected(Rule.CONFLICT, "The user lives in cell " + cell + " already.");
          }
          return account.withMove(new Move(cell, account.highestGeneration() + 1, clock.millis()));
        });
  }

  /**
   * The user's mailbox is mended: it gets a generation that nothing else ever had, in the cell
   * where he lives, and until the flip or the abort nobody opens it. Whoever was at it before is
   * given up.
   */
  public Future<Account> mend(UserId user) {
    return accounts.update(
        user,
        account -> {
          Move move = account.move();
          if (move != null && !account.isMended()) {
            throw new Rejected(
                Rule.CONFLICT,
                "The user is on his way to cell " + move.cell() + "; abort that first.");
          }
          return account.withMove(
              new Move(account.cell(), account.highestGeneration() + 1, clock.millis()));
        });
  }

  /**
   * The copy is complete: from now on the user lives there. Answers the account as it is then; to
   * say it again changes nothing. Fails with CONFLICT when the move was given up.
   */
  public Future<Account> flip(UserId user, int toGeneration) {
    return accounts.update(
        user,
        account -> {
          Move move = account.move();
          if (move != null && move.generation() == toGeneration) {
            return account.moved(move);
          }
          if (account.generation() == toGeneration) {
            return account;
          }
          throw new Rejected(
              Rule.CONFLICT, "The move to generation " + toGeneration + " was given up.");
        });
  }

  /**
   * The move under way to this generation is given up, if it is not over: the account that is
   * answered tells.
   */
  public Future<Account> abort(UserId user, int toGeneration) {
    return accounts.update(
        user,
        account -> {
          Move move = account.move();
          return move != null && move.generation() == toGeneration
              ? account.withMove(null)
              : account;
        });
  }
}
