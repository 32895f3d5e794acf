package io.mainstem.directory;

import io.mainstem.message.UserId;
import io.mainstem.store.DirectoryStore.Key;
import io.mainstem.store.DirectoryStore.Row;
import io.mainstem.store.DirectoryStore.Table;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Logged-in devices. A token is {@code user id . 256 random bits}; what is stored is its SHA-256.
 * The last use is exact in memory and written behind: a crash makes it at most a tenth of the
 * lifetime older.
 */
public final class Sessions {
  private static final int SECRET_LETTERS = 52;
  private static final int MAX_LABEL = 256;

  private final Rows rows;
  private final Accounts accounts;
  private final int maxPerUser;
  private final InstantSource clock;
  private final Notices notices;
  private final Remembered<Key, Live> remembered;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  Sessions(
      Rows rows,
      Accounts accounts,
      Remembered<Key, Live> remembered,
      Notices notices,
      int maxPerUser,
      InstantSource clock) {
    this.rows = rows;
    this.accounts = accounts;
    this.maxPerUser = maxPerUser;
    this.clock = clock;
    this.notices = notices;
    this.remembered = remembered;
  }

  /** Is told at once when a session was ended before its time, on any thread; must not block. */
  @FunctionalInterface
  public interface Listener {
    void onEnded(UserId user, String sessionId);
  }

  /** A new session. @param token to be given to the device, once */
  public record Opened(Session session, String token) {}

  /** A session with its last use. */
  record Live(AtomicReference<Session> session, AtomicReference<Session> saved) {
    Session current() {
      return Objects.requireNonNull(session.get());
    }
  }

  public void addListener(Listener listener) {
    listeners.add(listener);
  }

  /**
   * Opens a session for a user who has proved who he is. His oldest ones end when he has too many.
   */
  public Future<Opened> open(UserId user, Session.Kind kind, String label, Duration lifetime) {
    String token = user.value() + "." + Secret.letters(SECRET_LETTERS);
    String hash = Secret.sha256(token);
    long now = clock.millis();
    var session =
        new Session(
            hash.substring(0, 16),
            user,
            kind,
            label.length() > MAX_LABEL ? label.substring(0, MAX_LABEL) : label,
            now,
            now,
            Math.max(1, lifetime.toSeconds()));
    return makeRoom(user)
        .compose(ignored -> rows.insert(new Key(Table.SESSION, user.value(), hash), session))
        .map(ignored -> new Opened(session, token));
  }

  /**
   * The session of a token, which is thereby used; null when there is none, it is over, or its user
   * is disabled.
   */
  public Future<@Nullable Session> use(String token) {
    int dot = token.indexOf('.');
    if (dot < 1
        || token.length() > 64 + 1 + SECRET_LETTERS
        || token.length() - dot - 1 != SECRET_LETTERS
        || token.indexOf(0) >= 0) {
      return Future.succeededFuture();
    }
    Key key = new Key(Table.SESSION, token.substring(0, dot), Secret.sha256(token));
    return live(key)
        .compose(
            live -> {
              if (live == null) {
                return Future.succeededFuture();
              }
              long now = clock.millis();
              if (live.current().expiresMillis() <= now) {
                return end(key, live.current()).map(ignored -> null);
              }
              return accounts
                  .byId(live.current().user())
                  .map(
                      account ->
                          account == null || account.disabled() ? null : touch(key, live, now));
            });
  }

  private Session touch(Key key, Live live, long now) {
    Session used = live.session.updateAndGet(session -> session.usedAt(now));
    Session saved = Objects.requireNonNull(live.saved.get());
    if ((used.lastUsedMillis() - saved.lastUsedMillis()) >= used.lifetimeSeconds() * 100
        && live.saved.compareAndSet(saved, used)) {
      // Written behind: the request does not wait, and when it fails a later use writes again.
      rows.update(key, Session.class, stored -> stored.usedAt(used.lastUsedMillis()))
          .onFailure(e -> live.saved.compareAndSet(used, saved));
    }
    return used;
  }

  private Future<@Nullable Live> live(Key key) {
    return remembered.get(
        key,
        () -> {
          // Asked now: what is remembered is replaced before the store answers.
          Live before = remembered.peek(key);
          return rows.get(key, Session.class)
              .map(stored -> stored == null ? null : live(stored, before));
        });
  }

  /** What the store says now, but for a last use that is not written yet. */
  private static Live live(Session stored, @Nullable Live before) {
    long used = before == null ? 0 : before.current().lastUsedMillis();
    return new Live(
        new AtomicReference<>(used > stored.lastUsedMillis() ? stored.usedAt(used) : stored),
        new AtomicReference<>(stored));
  }

  /** Another node has ended it. */
  void onEndedElsewhere(UserId user, String hash, String sessionId) {
    remembered.forget(new Key(Table.SESSION, user.value(), hash));
    listeners.forEach(listener -> listener.onEnded(user, sessionId));
  }

  /** A user's sessions that are not over, the last used first. */
  public Future<List<Session>> list(UserId user) {
    return stored(user)
        .map(
            all ->
                all.stream()
                    .map(Stored::session)
                    .filter(session -> session.expiresMillis() > clock.millis())
                    .sorted(Comparator.comparingLong(Session::lastUsedMillis).reversed())
                    .toList());
  }

  /** Ends one; answers whether there was one. */
  public Future<Boolean> end(UserId user, String sessionId) {
    return stored(user)
        .compose(
            all ->
                all.stream()
                    .filter(one -> one.session.id().equals(sessionId))
                    .findFirst()
                    .map(one -> end(one.key, one.session).map(true))
                    .orElse(Future.succeededFuture(false)));
  }

  /** Ends all of a user's. */
  public Future<Void> endAll(UserId user) {
    return stored(user)
        .compose(all -> Future.join(all.stream().map(one -> end(one.key, one.session)).toList()))
        .mapEmpty();
  }

  private Future<Void> end(Key key, Session session) {
    return rows.remove(key)
        .onComplete(
            gone -> {
              remembered.forget(key);
              if (gone.succeeded()) {
                notices.sessionEnded(session.user(), key.name(), session.id());
                listeners.forEach(listener -> listener.onEnded(session.user(), session.id()));
              }
            })
        .mapEmpty();
  }

  /** Ends what is over, and the oldest while there are as many as may be. */
  private Future<Void> makeRoom(UserId user) {
    return stored(user)
        .compose(
            all -> {
              long now = clock.millis();
              var ends = new ArrayList<Future<Void>>();
              var kept = new ArrayList<Stored>();
              for (Stored one : all) {
                if (one.session.expiresMillis() <= now) {
                  ends.add(end(one.key, one.session));
                } else {
                  kept.add(one);
                }
              }
              kept.sort(Comparator.comparingLong(one -> one.session.lastUsedMillis()));
              for (int i = 0; i <= kept.size() - maxPerUser; i++) {
                ends.add(end(kept.get(i).key, kept.get(i).session));
              }
              return Future.join(ends).mapEmpty();
            });
  }

  private record Stored(Key key, Session session) {}

  /** What the store holds, with the last use as memory knows it. */
  private Future<List<Stored>> stored(UserId user) {
    return rows.store()
        .list(Table.SESSION, user.value(), null, 2 * maxPerUser + 100)
        .map(page -> page.stream().map(this::asUsed).toList());
  }

  private Stored asUsed(Row row) {
    Live live = remembered.peek(row.key());
    return new Stored(row.key(), live == null ? Rows.decode(row, Session.class) : live.current());
  }
}
