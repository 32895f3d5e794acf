package io.mainstem.app.demo;

import io.mainstem.app.StartFailure;
import io.mainstem.directory.Account;
import io.mainstem.directory.Directory;
import io.mainstem.directory.LoginOutcome;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The people of the demo, by name.
 *
 * @param passwords what each logs in with
 */
record DemoPeople(Map<String, Account> accounts, Map<String, String> passwords) {
  private static final String LOOPBACK = "127.0.0.1";

  DemoPeople {
    accounts = Map.copyOf(accounts);
    passwords = Map.copyOf(passwords);
  }

  Account account(String name) {
    return Objects.requireNonNull(accounts.get(name), name);
  }

  /**
   * Refuses a directory in which somebody has one of the names already: the demo would take his
   * account over.
   */
  static Future<Void> requireNobody(Directory directory) {
    Future<Void> free = Future.succeededFuture();
    for (String name : DemoStory.PEOPLE.keySet()) {
      free =
          free.compose(ignored -> directory.accounts().find(name))
              .compose(
                  taken ->
                      taken == null
                          ? Future.succeededFuture()
                          : Future.failedFuture(
                              new StartFailure(
                                  "There is a user %s already, who is not of the demo: name another data directory with --data, or start without --demo."
                                      .formatted(name))));
    }
    return free;
  }

  /**
   * Makes who is not there yet.
   *
   * @param password of all; null: those of the state
   */
  static Future<DemoPeople> make(Directory directory, DemoState state, @Nullable String password) {
    var accounts = new LinkedHashMap<String, Account>();
    var passwords = new LinkedHashMap<String, String>();
    Future<?> made = Future.succeededFuture();
    for (String name : DemoStory.PEOPLE.keySet()) {
      String secret =
          password != null ? password : Objects.requireNonNull(state.passwords().get(name));
      passwords.put(name, secret);
      // Whoever changed a password of the demo meant it, unless the one for all is given again.
      boolean keep = state.complete() && password == null;
      made =
          made.compose(ignored -> make(directory, name, secret, keep))
              .onSuccess(account -> accounts.put(name, account));
    }
    return made.map(ignored -> new DemoPeople(accounts, passwords));
  }

  private static Future<Account> make(
      Directory directory, String name, String secret, boolean keep) {
    return directory
        .accounts()
        .find(name)
        .compose(
            account -> {
              if (account == null) {
                return directory.createUser(name, DemoStory.PEOPLE.get(name), secret);
              }
              return keep
                  ? Future.succeededFuture(account)
                  : withPassword(directory, account, secret);
            });
  }

  private static Future<Account> withPassword(Directory directory, Account account, String secret) {
    return directory
        .logins()
        .login(account.name(), secret, LOOPBACK)
        .compose(
            outcome ->
                outcome instanceof LoginOutcome.Welcome
                    ? Future.succeededFuture(account)
                    : directory.setPassword(account.id(), secret));
  }
}
