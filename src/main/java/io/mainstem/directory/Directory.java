package io.mainstem.directory;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.DirectoryStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The directory as a whole: builds its parts, and does what concerns more than one of them. */
public final class Directory implements AutoCloseable {
  private final PasswordHashing hashing;
  private final Domains domains;
  private final Accounts accounts;
  private final Logins logins;
  private final Sessions sessions;
  private final OneTimeKeys oneTimeKeys;
  private final Moves moves;
  private final KnownCells knownCells;
  private final Notices notices = new Notices();

  /**
   * @param cell that this node is one of, where new accounts live as a rule
   * @param maxSessions of one user
   * @param clock of the day, for what is stored
   * @param ticker nanoseconds that only grow, for what is held in memory
   */
  public Directory(
      DirectoryStore store,
      io.mainstem.config.Directory config,
      String cell,
      int maxSessions,
      InstantSource clock,
      Ticker ticker) {
    var rows = new Rows(store);
    this.hashing = new PasswordHashing(config.argon2());
    this.domains = new Domains(rows, config.domain());
    var age =
        new Remembered.Age(
            Duration.ofSeconds(config.cacheSeconds()),
            Duration.ofSeconds(config.staleSeconds()),
            store::isSilent);
    int entries = config.cacheEntries();
    var claims =
        new Claims(
            rows,
            new Remembered<>(entries, age, ticker),
            Caffeine.newBuilder()
                .maximumSize(entries)
                .expireAfterWrite(age.stale())
                .ticker(ticker)
                .build(),
            notices);
    this.knownCells = new KnownCells(rows, cell, notices);
    this.accounts =
        new Accounts(
            rows,
            domains,
            claims,
            knownCells::homeForNew,
            new Remembered<>(entries, age, ticker),
            notices,
            clock);
    this.logins =
        new Logins(
            rows, accounts, hashing, config.login(), config.minPasswordChars(), clock, ticker);
    this.sessions =
        new Sessions(
            rows, accounts, new Remembered<>(entries, age, ticker), notices, maxSessions, clock);
    this.oneTimeKeys = new OneTimeKeys(ticker);
    this.moves = new Moves(accounts, clock);
    notices.begin(
        new Notices.Listener() {
          @Override
          public void onAccount(UserId user) {
            accounts.forget(user);
          }

          @Override
          public void onAddress(String key) {
            claims.forget(key);
          }

          @Override
          public void onSessionEnded(UserId user, String hash, String sessionId) {
            sessions.onEndedElsewhere(user, hash, sessionId);
          }

          @Override
          public void onCell() {
            knownCells.changedElsewhere();
          }
        });
  }

  /** Reads the domains, and makes the default one. */
  public Future<Directory> start() {
    return domains.load().map(this);
  }

  public Domains domains() {
    return domains;
  }

  public Accounts accounts() {
    return accounts;
  }

  public Logins logins() {
    return logins;
  }

  public Sessions sessions() {
    return sessions;
  }

  /** What nodes tell one another of changes. */
  public Notices notices() {
    return notices;
  }

  public Moves moves() {
    return moves;
  }

  /** The cells that share this directory. */
  public KnownCells knownCells() {
    return knownCells;
  }

  public OneTimeKeys oneTimeKeys() {
    return oneTimeKeys;
  }

  /** How many password hashes wait, for metrics. */
  public int passwordsWaiting() {
    return hashing.waiting();
  }

  /**
   * Makes an account.
   *
   * @param nameOrAddress a name in the default domain, or a mail address in one of ours
   * @param displayName null: the name
   * @param password null: nobody can log in until one is set
   */
  public Future<Account> createUser(
      String nameOrAddress, @Nullable String displayName, @Nullable String password) {
    if (password == null) {
      return accounts.create(nameOrAddress, displayName);
    }
    try {
      logins.check(password);
    } catch (Rejected refused) {
      return Future.failedFuture(refused);
    }
    return accounts
        .create(nameOrAddress, displayName)
        .compose(account -> logins.setPassword(account.id(), password));
  }

  /**
   * Sets a password; every session of the user ends, for one of them may be whom the change is
   * meant to lock out.
   */
  public Future<Account> setPassword(UserId user, String password) {
    return logins
        .setPassword(user, password)
        .compose(account -> sessions.endAll(user).map(account));
  }

  /** Locks a user out, and ends all his sessions. His mailbox stays, and takes no mail. */
  public Future<Account> disable(UserId user) {
    return accounts.setDisabled(user, true).compose(account -> sessions.endAll(user).map(account));
  }

  /** Lets a user in again. */
  public Future<Account> enable(UserId user) {
    return accounts.setDisabled(user, false);
  }

  @Override
  public void close() {
    hashing.close();
  }
}
