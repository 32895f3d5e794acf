package io.mainstem.cell;

import io.mainstem.cell.wire.Envelope;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Signal;
import io.mainstem.message.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * All watches of this node's gateways, by user. From time to time it tells each owner of all that
 * are watched from afar, with how far they are: so whatever is lost on the way costs a delay at
 * most. Any thread.
 */
final class Watches {
  private static final int PLACES_A_MESSAGE = 1_000;

  /** What an owner says of itself again and again holds for so long. */
  private static final long BELIEVED_NANOS = 15_000_000_000L;

  private final CellRouter router;
  private final int perUser;
  private final long everyMillis;
  private final ConcurrentHashMap<UserId, List<CellWatch>> all = new ConcurrentHashMap<>();

  /** Owners that have said that what they tell may be old, and when they said it last. */
  private final ConcurrentHashMap<String, Long> staleSince = new ConcurrentHashMap<>();

  private long timer = -1;

  Watches(CellRouter router, int perUser, long everyMillis) {
    this.router = router;
    this.perUser = perUser;
    this.everyMillis = everyMillis;
  }

  void begin() {
    timer =
        router
            .vertx()
            .setPeriodic(
                everyMillis,
                id -> {
                  tellOwners(null);
                  if (staleSince.values().removeIf(Watches::isOver)) {
                    lookAtStanding();
                  }
                });
  }

  /** On the wire's context: a node says whether what it tells may be old. */
  void onStanding(String peer, boolean stale) {
    Long before = stale ? staleSince.put(peer, System.nanoTime()) : staleSince.remove(peer);
    if (stale == (before == null)) {
      lookAtStanding();
    }
  }

  /** Whether this owner has said that what it tells may be old, and is heard of. */
  boolean isStale(@Nullable String owner) {
    Long since = owner == null ? null : staleSince.get(owner);
    return since != null && !isOver(since);
  }

  private static boolean isOver(long saidNanos) {
    return System.nanoTime() - saidNanos > BELIEVED_NANOS;
  }

  private void lookAtStanding() {
    all.values().forEach(ofUser -> ofUser.forEach(CellWatch::lookAtStanding));
  }

  /** False when there are too many of this user already. */
  boolean add(CellWatch watch) {
    List<CellWatch> ofUser =
        all.compute(
            watch.user(),
            (user, known) -> {
              List<CellWatch> list = known == null ? new CopyOnWriteArrayList<>() : known;
              if (list.size() < perUser) {
                list.add(watch);
              }
              return list;
            });
    return ofUser.contains(watch);
  }

  void remove(CellWatch watch) {
    all.computeIfPresent(
        watch.user(),
        (user, known) -> {
          known.remove(watch);
          if (!known.isEmpty()) {
            return known;
          }
          String owner = router.view().ownerOf(user);
          if (owner != null && !owner.equals(router.self())) {
            router.tell(owner, Envelope.of(new Envelope.Unwatch(List.of(user.value()))));
          }
          return null;
        });
  }

  void onNudge(Envelope.Nudge nudge) {
    of(new UserId(nudge.user())).forEach(watch -> watch.onNudge(nudge));
  }

  void onSignal(UserId user, Signal signal) {
    of(user).forEach(watch -> watch.onSignal(signal));
  }

  /** The ring, or what this node holds, is another. */
  void lookAgain() {
    all.values().forEach(ofUser -> ofUser.forEach(CellWatch::lookAgain));
  }

  /** A node can be reached again: it has forgotten what was watched. */
  void onUp(String peer) {
    tellOwners(peer);
  }

  private void tellOwners(@Nullable String only) {
    var places = new HashMap<String, List<Envelope.Place>>();
    View view = router.view();
    all.forEach(
        (user, ofUser) -> {
          String owner = view.ownerOf(user);
          if (owner == null || owner.equals(router.self()) || only != null && !owner.equals(only)) {
            return;
          }
          @Nullable Cursor least = null;
          for (CellWatch watch : ofUser) {
            Cursor cursor = watch.cursor();
            if (least == null || cursor.seq() < least.seq()) {
              least = cursor;
            }
          }
          if (least != null) {
            places
                .computeIfAbsent(owner, each -> new ArrayList<>())
                .add(new Envelope.Place(user.value(), least.generation(), least.seq()));
          }
        });
    places.forEach(this::tell);
  }

  private void tell(String owner, List<Envelope.Place> places) {
    for (int from = 0; from < places.size(); from += PLACES_A_MESSAGE) {
      int to = Math.min(places.size(), from + PLACES_A_MESSAGE);
      router.tell(owner, Envelope.of(new Envelope.Watching(List.copyOf(places.subList(from, to)))));
    }
  }

  private List<CellWatch> of(UserId user) {
    return all.getOrDefault(user, List.of());
  }

  void close() {
    router.vertx().cancelTimer(timer);
    all.values().forEach(ofUser -> ofUser.forEach(CellWatch::lookAgain));
  }
}
