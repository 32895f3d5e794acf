package io.mainstem.directory;

import com.github.benmanes.caffeine.cache.Cache;
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

  /** Addresses that were nobody's when they were last asked for. */
  private final Cache<String, Boolean> absent;

  /**
   * @param absent entries of it lapse when answers do that are given while the store is silent
   */
  Claims(
      Rows rows,
      Remembered<String, UserId> remembered,
      Cache<String, Boolean> absent,
      Notices notices) {
    this.rows = rows;
    this.remembered = remembered;
    this.absent = absent;
    this.notices = notices;
  }

  private record Claim(UserId user, long claimedMillis) {}

  /**
   * Whose it is, as far as claims know; null when nobody's. That it is nobody's is no answer when
   * the store gives none: see {@link #wasAbsent}.
   */
  Future<@Nullable UserId> holder(Address address) {
    String key = address.key();
    return remembered.get(
        key, () -> rows.get(row(key), Claim.class).map(claim -> said(key, claim)));
  }

  private @Nullable UserId said(String key, @Nullable Claim claim) {
    if (claim == null) {
      absent.put(key, true);
      return null;
    }
    absent.invalidate(key);
    return claim.user();
  }

  /** Whether it was nobody's when the store last answered, not too long ago. */
  boolean wasAbsent(Address address) {
    return absent.getIfPresent(address.key()) != null;
  }

  /** Another node has changed it. */
  void forget(String addressKey) {
    remembered.forget(addressKey);
    absent.invalidate(addressKey);
  }

  private void onChanged(Address address) {
    forget(address.key());
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
