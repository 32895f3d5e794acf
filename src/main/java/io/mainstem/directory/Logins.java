package io.mainstem.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.config.Directory.Login;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.mainstem.store.DirectoryStore.Key;
import io.mainstem.store.DirectoryStore.Table;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Passwords: setting them and logging in with them. A right password is remembered for an hour
 * under a key that only this process knows, so that a mail program that logs in every minute costs
 * no Argon2.
 */
public final class Logins {
  private static final int MAX_PASSWORD_CHARS = 1024;

  /** 26 letters of 5 bits: 130 random bits. */
  private static final int APP_PASSWORD_LETTERS = 26;

  private static final int MAX_APP_PASSWORDS = 100;

  private final Rows rows;
  private final Accounts accounts;
  private final PasswordHashing hashing;
  private final Throttle throttle;
  private final Cache<UserId, byte[]> remembered;
  private final SecretKeySpec rememberKey = new SecretKeySpec(Secret.bytes(32), "HmacSHA256");
  private final boolean remembers;
  private final int minPasswordChars;
  private final InstantSource clock;

  Logins(
      Rows rows,
      Accounts accounts,
      PasswordHashing hashing,
      Login config,
      int minPasswordChars,
      InstantSource clock,
      Ticker ticker) {
    this.rows = rows;
    this.accounts = accounts;
    this.hashing = hashing;
    this.throttle = new Throttle(config, ticker);
    this.minPasswordChars = minPasswordChars;
    this.clock = clock;
    this.remembers = config.rememberSeconds() > 0;
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(config.rememberEntries())
            .ticker(ticker)
            .expireAfterWrite(Duration.ofSeconds(config.rememberSeconds()))
            .build();
  }

  // ---- logging in

  /**
   * Tries a password.
   *
   * @param user a name or address
   * @param address of the client's machine, without port
   */
  public Future<LoginOutcome> login(String user, String password, String address) {
    return accounts.find(user).compose(account -> login(user, account, password, address));
  }

  private Future<LoginOutcome> login(
      String user, @Nullable Account account, String password, String address) {
    String counted = counted(account, user);
    Duration wait = throttle.wait(counted, address);
    if (!wait.isZero()) {
      return Future.succeededFuture(new LoginOutcome.Throttled(wait));
    }
    if (password.isEmpty() || password.length() > MAX_PASSWORD_CHARS) {
      throttle.onWrong(counted, address);
      return Future.succeededFuture(new LoginOutcome.Wrong());
    }
    return isRight(account, password, counted, address)
        .map(
            right -> {
              if (account == null || !right || account.disabled()) {
                throttle.onWrong(counted, address);
                return new LoginOutcome.Wrong();
              }
              throttle.onRight(counted, address);
              return new LoginOutcome.Welcome(account);
            });
  }

  private static String counted(@Nullable Account account, String user) {
    return account == null
        ? "?" + Secret.sha256(user.toLowerCase(Locale.ROOT))
        : account.id().value();
  }

  private Future<Boolean> isRight(
      @Nullable Account account, String password, String counted, String address) {
    if (account != null && remembers && isRemembered(account, password)) {
      return Future.succeededFuture(true);
    }
    return isAppPassword(account, password)
        .compose(
            app -> {
              if (app) {
                return Future.succeededFuture(true);
              }
              // Asked again when the hash's turn has come, so that a burst of guesses is not all
              // tried.
              return credentials(account)
                  .compose(
                      kept ->
                          hashing.check(
                              kept, password, () -> throttle.wait(counted, address).isZero()))
                  .onSuccess(
                      right -> {
                        if (right && remembers && account != null) {
                          remembered.put(account.id(), keyedHash(account, password));
                        }
                      });
            });
  }

  private boolean isRemembered(Account account, String password) {
    byte[] known = remembered.getIfPresent(account.id());
    return known != null && MessageDigest.isEqual(known, keyedHash(account, password));
  }

  private byte[] keyedHash(Account account, String password) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(rememberKey);
      String text =
          account.id()
              + "\0"
              + account.passwordVersion()
              + "\0"
              + PasswordHashing.prepare(password);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java has HmacSHA256", e);
    }
  }

  private Future<@Nullable Credentials> credentials(@Nullable Account account) {
    return account == null
        ? Future.succeededFuture()
        : rows.get(credentialsRow(account.id()), Credentials.class);
  }

  /** The keys for SCRAM-SHA-256 of an enabled account with a password; null when there are none. */
  public Future<@Nullable ScramKeys> scramKeys(Account account) {
    return account.disabled()
        ? Future.succeededFuture()
        : credentials(account).map(kept -> kept == null ? null : kept.scram());
  }

  /**
   * Begins SCRAM-SHA-256 (RFC 5802) with the account's password; app passwords have no keys for it.
   * Fails with INVALID for what is no first message. Who does not exist gets a challenge too,
   * always the same one.
   *
   * @param address of the client's machine, without port
   */
  public Future<ScramLogin> scram(String clientFirst, String address) {
    Scram.ClientFirst first;
    try {
      first = Scram.first(clientFirst);
    } catch (Rejected malformed) {
      return Future.failedFuture(malformed);
    }
    return accounts
        .find(first.user())
        .compose(
            account ->
                account == null
                    ? Future.succeededFuture(new ScramAttempt(first, null, null, address))
                    : scramKeys(account)
                        .map(keys -> new ScramAttempt(first, account, keys, address)));
  }

  /** One login by SCRAM; confined to its connection. */
  private final class ScramAttempt implements ScramLogin {
    private final Scram.ClientFirst first;
    private final @Nullable Account account;
    private final boolean real;
    private final ScramKeys keys;
    private final String nonce;
    private final String address;
    private boolean over;

    ScramAttempt(
        Scram.ClientFirst first,
        @Nullable Account account,
        @Nullable ScramKeys keys,
        String address) {
      this.first = first;
      this.account = account;
      this.real = keys != null;
      this.keys = keys != null ? keys : nobody(first.user());
      this.nonce = first.nonce() + Secret.letters(24);
      this.address = address;
    }

    @Override
    public String challenge() {
      return Scram.challenge(keys, nonce);
    }

    @Override
    public Result finish(String clientFinal) {
      String counted = counted(account, first.user());
      Duration wait = throttle.wait(counted, address);
      if (!wait.isZero()) {
        return new Result(new LoginOutcome.Throttled(wait), "");
      }
      String proof = Scram.verify(first, keys, nonce, clientFinal);
      if (proof == null || account == null || !real || over) {
        over = true;
        throttle.onWrong(counted, address);
        return new Result(new LoginOutcome.Wrong(), "");
      }
      over = true;
      throttle.onRight(counted, address);
      return new Result(new LoginOutcome.Welcome(account), proof);
    }
  }

  /** Keys that nobody has the password of; by the name, so that asking twice tells nothing. */
  private ScramKeys nobody(String user) {
    byte[] salt =
        Arrays.copyOf(
            Scram.hmac(rememberKey.getEncoded(), user.toLowerCase(Locale.ROOT)),
            PasswordHashing.SALT_BYTES);
    String none = Base64.getEncoder().encodeToString(Secret.bytes(32));
    return new ScramKeys(
        Base64.getEncoder().encodeToString(salt), ScramKeys.ITERATIONS, none, none);
  }

  // ---- passwords

  /** Refuses a password that may not be set, before anything is made for it. */
  public void check(String password) {
    if (password.length() < minPasswordChars || password.length() > MAX_PASSWORD_CHARS) {
      throw new Rejected(
          Rejected.Rule.INVALID,
          "A password has at least "
              + minPasswordChars
              + " and at most "
              + MAX_PASSWORD_CHARS
              + " characters.");
    }
    if (password.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new Rejected(Rejected.Rule.INVALID, "A password has no control characters.");
    }
  }

  Future<Account> setPassword(UserId user, String password) {
    try {
      check(password);
    } catch (Rejected refused) {
      return Future.failedFuture(refused);
    }
    return accounts
        .known(user)
        .compose(account -> hashing.hash(password, account.passwordVersion() + 1, clock.millis()))
        .compose(made -> rows.put(credentialsRow(user), made).map(made))
        .compose(
            made ->
                accounts.update(
                    user,
                    account ->
                        account.withPasswordVersion(
                            Math.max(account.passwordVersion(), made.version()))))
        .onComplete(ignored -> remembered.invalidate(user));
  }

  // ---- app passwords

  /** A password for one program. @param id names it when it is taken back */
  public record AppPassword(String id, String label, long createdMillis) {}

  /** A new one. @param secret shown once: groups of letters that are easy to type */
  public record NewAppPassword(AppPassword made, String secret) {}

  /**
   * Makes a password for one program, which can do what the account's password can but change
   * passwords.
   */
  public Future<NewAppPassword> createAppPassword(UserId user, String label) {
    if (label.isBlank() || label.length() > 128) {
      return Future.failedFuture(
          new Rejected(Rejected.Rule.INVALID, "A label has 1 to 128 characters."));
    }
    String letters = Secret.letters(APP_PASSWORD_LETTERS);
    String hash = Secret.sha256(letters);
    var made = new AppPassword(hash.substring(0, 16), label, clock.millis());
    return appPasswords(user)
        .compose(
            all ->
                all.size() >= MAX_APP_PASSWORDS
                    ? Future.failedFuture(
                        new Rejected(
                            Rejected.Rule.NOT_PERMITTED,
                            "An account has at most " + MAX_APP_PASSWORDS + " app passwords."))
                    : rows.insert(new Key(Table.APP_PASSWORD, user.value(), hash), made))
        .map(
            ignored ->
                new NewAppPassword(
                    made,
                    letters.substring(0, 6)
                        + "-"
                        + letters.substring(6, 13)
                        + "-"
                        + letters.substring(13, 20)
                        + "-"
                        + letters.substring(20)));
  }

  /** The account's app passwords, without their secrets. */
  public Future<List<AppPassword>> appPasswords(UserId user) {
    return rows.store()
        .list(Table.APP_PASSWORD, user.value(), null, MAX_APP_PASSWORDS)
        .map(page -> page.stream().map(row -> Rows.decode(row, AppPassword.class)).toList());
  }

  /** Takes one back; answers whether there was one. */
  public Future<Boolean> removeAppPassword(UserId user, String id) {
    return rows.store()
        .list(Table.APP_PASSWORD, user.value(), null, MAX_APP_PASSWORDS)
        .compose(
            page ->
                page.stream()
                    .filter(row -> row.key().name().startsWith(id) && id.length() == 16)
                    .findFirst()
                    .map(row -> rows.remove(row.key()))
                    .orElse(Future.succeededFuture(false)));
  }

  private Future<Boolean> isAppPassword(@Nullable Account account, String password) {
    String letters = password.replace("-", "").replace(" ", "").toLowerCase(Locale.ROOT);
    if (account == null || letters.length() != APP_PASSWORD_LETTERS || !Secret.isLetters(letters)) {
      return Future.succeededFuture(false);
    }
    return rows.store()
        .get(new Key(Table.APP_PASSWORD, account.id().value(), Secret.sha256(letters)))
        .map(row -> row != null);
  }

  private static Key credentialsRow(UserId user) {
    return new Key(Table.CREDENTIALS, user.value(), "");
  }
}
