package io.mainstem.directory;

import io.mainstem.message.UserId;
import io.mainstem.store.DirectoryStore;
import io.mainstem.store.DirectoryStore.Key;
import io.mainstem.store.DirectoryStore.Table;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who claimed which address. An address is claimed before the account that lists it is written, so
 * that two accounts can never both have it; a claim whose account does not list it lapses after an
 * hour.
 */
final class Claims {
  static final Duration LAPSE = Duration.ofHours(1);

  private final Rows rows;
  private final Notices notices;
  private final Remembered<String, UserId> remembered;

  Claims(Rows rows, Remembered<String, UserId> remembered, Notices notices) {
    this.rows = rows;
    this.remembered = remembered;
    this.notices = notices;
  }

  private record Claim(UserId user, long claimedMillis) {}

  /** Whose it is, as far as claims know; null when nobody's. Absence is not remembered. */
  Future<@Nullable UserId> holder(Address address) {
    String key = address.key();
    return remembered.get(
        key,
        () -> rows.get(row(key), Claim.class).map(claim -> claim == null ? null : claim.user()));
  }

  /** Another node has changed it. */
  void forget(String addressKey) {
    remembered.forget(addressKey);
  }

  private void onChanged(Address address) {
    remembered.forget(address.key());
    notices.addressChanged(address.key());
  }

  /**
   * Claims an address for a user.
   *
   * @param lists reads an account and tells whether it has this address; false when there is no
   *     account
   * @return false when it is somebody else's
   */
  Future<Boolean> claim(
      Address address, UserId user, long nowMillis, Function<UserId, Future<Boolean>> lists) {
    Key key = row(address.key());
    byte[] claim = Rows.encode(new Claim(user, nowMillis));
    return rows.store()
        .get(key)
        .compose(
            row -> {
              if (row == null) {
                return rows.store().write(key, DirectoryStore.ABSENT, claim);
              }
              Claim earlier = Rows.decode(row, Claim.class);
              if (earlier.user().equals(user)) {
                return rows.store().write(key, row.version(), claim);
              }
              if (nowMillis - earlier.claimedMillis() < LAPSE.toMillis()) {
                return Future.succeededFuture(false);
              }
              return lists
                  .apply(earlier.user())
                  .compose(
                      taken ->
                          taken
                              ? Future.succeededFuture(false)
                              : rows.store().write(key, row.version(), claim));
            })
        .onComplete(ignored -> onChanged(address));
  }

  /** Gives an address back, if it is this user's. */
  Future<Void> release(Address address, UserId user) {
    Key key = row(address.key());
    return rows.store()
        .get(key)
        .compose(
            row ->
                row == null || !Objects.equals(Rows.decode(row, Claim.class).user(), user)
                    ? Future.succeededFuture(false)
                    : rows.store().delete(key, row.version()))
        .onComplete(ignored -> onChanged(address))
        .mapEmpty();
  }

  private static Key row(String addressKey) {
    return new Key(Table.ADDRESS, addressKey, "");
  }
}
