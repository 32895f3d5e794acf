package io.mainstem.ops;

import io.mainstem.directory.Account;
import io.mainstem.directory.Accounts;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** The account whose name or address an operator gives; fails with NOT_FOUND. */
final class NamedAccount {
  private NamedAccount() {}

  /** That the path names. */
  static Future<Account> of(Accounts accounts, RoutingContext request) {
    return of(accounts, request.pathParam("name"));
  }

  static Future<Account> of(Accounts accounts, String nameOrAddress) {
    return accounts.find(nameOrAddress).compose(NamedAccount::known);
  }

  /** That the path names, as the store has it now. */
  static Future<Account> fresh(Accounts accounts, RoutingContext request) {
    return of(accounts, request)
        .compose(account -> accounts.fresh(account.id()))
        .compose(NamedAccount::known);
  }

  private static Future<Account> known(@Nullable Account account) {
    return account == null
        ? Future.failedFuture(
            new Rejected(Rule.NOT_FOUND, "There is no user with this name or address."))
        : Future.succeededFuture(account);
  }
}
