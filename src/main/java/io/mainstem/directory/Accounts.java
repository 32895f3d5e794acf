package io.mainstem.directory;

import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.UserId;
import io.mainstem.store.DirectoryStore.Key;
import io.mainstem.store.DirectoryStore.Row;
import io.mainstem.store.DirectoryStore.Table;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The accounts of this server and whose each address is. Recently used ones are held in memory. */
public final class Accounts {
  /** Addresses of one account. */
  private static final int MAX_ADDRESSES = 100;

  /** Accounts read at once where all are looked through. */
  private static final int PAGE = 1_000;

  private static final int MAX_DISPLAY_NAME = 128;
  private static final String POSTMASTER = "postmaster";
  private static final String ID_PREFIX = "u-";

  private final Rows rows;
  private final Domains domains;
  private final Claims claims;
  private final Supplier<String> home;
  private final InstantSource clock;
  private final Notices notices;
  private final Remembered<UserId, Account> remembered;

  /**
   * @param home where an account that is made now is to live
   */
  Accounts(
      Rows rows,
      Domains domains,
      Claims claims,
      Supplier<String> home,
      Remembered<UserId, Account> remembered,
      Notices notices,
      InstantSource clock) {
    this.rows = rows;
    this.domains = domains;
    this.claims = claims;
    this.home = home;
    this.clock = clock;
    this.notices = notices;
    this.remembered = remembered;
  }

  // ---- asking

  /** Whether such an id is an account's: other mailboxes are the server's own. */
  public static boolean isOfAnAccount(UserId user) {
    return user.value().startsWith(ID_PREFIX);
  }

  /** The account, disabled or not; null when there is none. */
  public Future<@Nullable Account> byId(UserId user) {
    return remembered.get(user, () -> rows.get(row(user), Account.class));
  }

  /**
   * As {@link #byId}, but read from the store now; what is remembered is corrected by it, and
   * stands when the store does not answer.
   */
  public Future<@Nullable Account> fresh(UserId user) {
    return remembered.fresh(user, () -> rows.get(row(user), Account.class));
  }

  /** What is remembered of the account, however old; null when nothing is. */
  public @Nullable Account remembered(UserId user) {
    return remembered.peek(user);
  }

  /** What is remembered of this user may be wrong: it is read when it is asked for next. */
  public void forget(UserId user) {
    remembered.forget(user);
  }

  /**
   * The account with this name or address, disabled or not; null when there is none. What follows a
   * + does not count.
   */
  public Future<@Nullable Account> find(String nameOrAddress) {
    Address address = Address.parse(nameOrAddress);
    return address == null ? Future.succeededFuture() : withDetail(address);
  }

  /** What an address is to this server; null when the text is no address. */
  public Future<@Nullable Recipient> resolve(String text) {
    Address address = Address.parse(text);
    return address == null
        ? Future.succeededFuture()
        : resolve(address).map(recipient -> recipient);
  }

  /** What an address is to this server. Whoever is disabled is unknown. */
  public Future<Recipient> resolve(Address address) {
    Domain domain = address.kind() == Address.Kind.MAIL ? domains.named(address.domain()) : null;
    if (address.kind() == Address.Kind.MAIL && domain == null) {
      return Future.succeededFuture(new Recipient.Remote(address));
    }
    return withDetail(address)
        .compose(
            account ->
                account == null && domain != null && domain.catchAll() != null
                    ? byId(domain.catchAll())
                    : Future.succeededFuture(account))
        .compose(
            account ->
                account == null && domain != null && address.local().equalsIgnoreCase(POSTMASTER)
                    ? postmaster(domain)
                    : Future.succeededFuture(account))
        .map(
            account ->
                account == null || account.disabled()
                    ? new Recipient.Unknown(address)
                    : new Recipient.Local(address, account));
  }

  /**
   * RFC 5321 §4.5.1: every domain takes mail for its postmaster. Where nobody has the address, an
   * account without a password keeps it from the first mail on, until an operator looks.
   */
  private Future<@Nullable Account> postmaster(Domain domain) {
    Address address = Address.mail(POSTMASTER, domain.name());
    if (address == null) {
      return Future.succeededFuture();
    }
    return create(address.text(), null)
        .<@Nullable Account>map(made -> made)
        .recover(
            e ->
                e instanceof Rejected rejected && rejected.rule() == Rule.CONFLICT
                    ? holder(address)
                    : Future.failedFuture(e));
  }

  /**
   * The holder of the address itself, else of the one that stands for it. While the store does not
   * answer, an address that was nobody's goes on to the one that stands for it; but nobody is taken
   * for unknown.
   */
  private Future<@Nullable Account> withDetail(Address address) {
    return holder(address)
        .transform(
            first -> {
              if (first.failed() && !claims.wasAbsent(address)) {
                return Future.failedFuture(first.cause());
              }
              if (first.result() != null) {
                return Future.succeededFuture(first.result());
              }
              Address next = standIn(address);
              Future<@Nullable Account> found =
                  next == null ? Future.succeededFuture() : withDetail(next);
              return first.succeeded()
                  ? found
                  : found.compose(
                      account ->
                          account == null
                              ? Future.failedFuture(first.cause())
                              : Future.succeededFuture(account));
            });
  }

  /** A name's is mail in the default domain, that of an address the same without its detail. */
  private @Nullable Address standIn(Address address) {
    if (address.kind() == Address.Kind.HANDLE) {
      return Address.mail(address.text(), domains.defaultName());
    }
    Address plain = address.withoutDetail();
    Domain domain = domains.named(address.domain());
    return plain.equals(address) || domain == null || !domain.plusAddressing() ? null : plain;
  }

  /** An address is an account's when its claim and the account name each other. */
  private Future<@Nullable Account> holder(Address address) {
    return claims
        .holder(address)
        .compose(user -> user == null ? Future.succeededFuture() : byId(user))
        .map(account -> account != null && lists(account, address) ? account : null);
  }

  private static boolean lists(Account account, Address address) {
    for (String own : account.addresses()) {
      Address mine = Address.parse(own);
      if (mine != null && mine.key().equals(address.key())) {
        return true;
      }
    }
    return false;
  }

  /** Accounts in an order of the directory's own, after {@code after}. */
  public Future<List<Account>> list(@Nullable UserId after, int limit) {
    return rows.store()
        .all(Table.ACCOUNT, after == null ? null : row(after), limit)
        .map(page -> page.stream().map((Row row) -> Rows.decode(row, Account.class)).toList());
  }

  /** Somebody who lives in this cell or is on his way there; null when nobody is. */
  public Future<@Nullable Account> anyIn(String cell) {
    return anyIn(cell, null);
  }

  private Future<@Nullable Account> anyIn(String cell, @Nullable UserId after) {
    return list(after, PAGE)
        .compose(
            page -> {
              for (Account account : page) {
                var move = account.move();
                if (account.cell().equals(cell) || move != null && move.cell().equals(cell)) {
                  return Future.succeededFuture(account);
                }
              }
              return page.size() < PAGE
                  ? Future.succeededFuture()
                  : anyIn(cell, page.get(page.size() - 1).id());
            });
  }

  // ---- changing

  /**
   * Makes an account without a password.
   *
   * @param nameOrAddress a name in the default domain, or a mail address in one of ours
   * @param displayName null: the name
   */
  public Future<Account> create(String nameOrAddress, @Nullable String displayName) {
    Address asked = Address.parse(nameOrAddress);
    Address address =
        asked != null && asked.kind() == Address.Kind.HANDLE
            ? Address.mail(asked.text(), domains.defaultName())
            : asked;
    String shown = displayName == null || displayName.isBlank() ? null : displayName.strip();
    if (address == null || address.kind() != Address.Kind.MAIL) {
      return refuse(Rule.INVALID, "An account has a name, or a mail address.");
    }
    if (shown != null
        && (shown.length() > MAX_DISPLAY_NAME
            || shown.chars().anyMatch(c -> c < ' ' || c == 0x7f))) {
      return refuse(
          Rule.INVALID,
          "A display name has at most " + MAX_DISPLAY_NAME + " characters in one line.");
    }
    UserId user = new UserId(ID_PREFIX + Secret.letters(20));
    long now = clock.millis();
    return mayGive(address)
        .compose(ignored -> claims.claim(address, user, now, other -> claimHolds(other, address)))
        .compose(
            claimed -> {
              if (!claimed) {
                return refuse(Rule.CONFLICT, "This address is taken.");
              }
              if (clock.millis() - now > Claims.LAPSE.toMillis() / 2) {
                return refuse(Rule.BUSY, "Making the account took too long; try again.");
              }
              var account =
                  new Account(
                      user,
                      address.local(),
                      shown == null ? address.local() : shown,
                      List.of(address.text()),
                      false,
                      home.get(),
                      1,
                      0,
                      now,
                      0);
              return rows.insert(row(user), account)
                  .map(account)
                  .onComplete(made -> onChanged(user));
            });
  }

  /** Gives an account one more address: mail in a domain of ours, phone or handle. */
  public Future<Account> addAddress(UserId user, Address address) {
    return mayGive(address)
        .compose(ignored -> known(user))
        .compose(
            account ->
                account.addresses().size() >= MAX_ADDRESSES
                    ? refuse(
                        Rule.NOT_PERMITTED,
                        "An account has at most " + MAX_ADDRESSES + " addresses.")
                    : claims.claim(
                        address, user, clock.millis(), other -> claimHolds(other, address)))
        .compose(
            claimed ->
                claimed
                    ? update(
                        user,
                        account ->
                            lists(account, address)
                                ? account
                                : account.withAddresses(plus(account, address)))
                    : refuse(Rule.CONFLICT, "This address is taken."));
  }

  /** Takes an address away; an account keeps its first. */
  public Future<Account> removeAddress(UserId user, Address address) {
    return known(user)
        .compose(
            account -> {
              if (account.address().equals(address.text())) {
                return refuse(Rule.NOT_PERMITTED, "An account keeps its first address.");
              }
              List<String> rest =
                  account.addresses().stream().filter(own -> !own.equals(address.text())).toList();
              return update(user, before -> before.withAddresses(rest))
                  .compose(after -> claims.release(address, user).map(after));
            });
  }

  /**
   * Locks a user out, or lets him in again; his mailbox stays. {@link Directory} tells the
   * sessions.
   */
  Future<Account> setDisabled(UserId user, boolean disabled) {
    return update(user, account -> account.withDisabled(disabled));
  }

  Future<Account> update(UserId user, UnaryOperator<Account> change) {
    return rows.update(row(user), Account.class, change)
        .onComplete(ignored -> onChanged(user))
        .compose(account -> account == null ? nobody() : Future.succeededFuture(account));
  }

  private void onChanged(UserId user) {
    remembered.forget(user);
    notices.accountChanged(user);
  }

  Future<Account> known(UserId user) {
    return byId(user)
        .compose(account -> account == null ? nobody() : Future.succeededFuture(account));
  }

  private Future<Void> mayGive(Address address) {
    if (address.kind() != Address.Kind.MAIL) {
      return Future.succeededFuture();
    }
    Domain domain = domains.named(address.domain());
    if (domain == null) {
      return refuse(Rule.INVALID, "The domain " + address.domain() + " is not one of this server.");
    }
    return domain.plusAddressing() && !address.withoutDetail().equals(address)
        ? refuse(Rule.INVALID, "What stands after a + belongs to the address before it.")
        : Future.succeededFuture();
  }

  /** Reads the store, not the cache: another node may have written the account. */
  private Future<Boolean> claimHolds(UserId user, Address address) {
    return rows.get(row(user), Account.class)
        .map(account -> account != null && lists(account, address));
  }

  private static List<String> plus(Account account, Address address) {
    var all = new ArrayList<>(account.addresses());
    all.add(address.text());
    return all;
  }

  private static Key row(UserId user) {
    return new Key(Table.ACCOUNT, user.value(), "");
  }

  private static <T> Future<T> nobody() {
    return refuse(Rule.NOT_FOUND, "There is no such user.");
  }

  private static <T> Future<T> refuse(Rule rule, String text) {
    return Future.failedFuture(new Rejected(rule, text));
  }
}
