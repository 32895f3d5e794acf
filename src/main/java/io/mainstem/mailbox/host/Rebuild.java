package io.mainstem.mailbox.host;

import io.mainstem.store.MailboxStore;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes all objects of a mailbox anew from its log, over the old ones, then deletes those that were
 * not written. A mark in the store says that it is under way, so that after a crash it begins
 * again. Confined to the loop's context.
 */
final class Rebuild {
  private static final int KEYS = 1000;

  private final Resident resident;
  private final HostLoop loop;
  private Consumer<@Nullable Throwable> then = cause -> {};

  Rebuild(Resident resident) {
    this.resident = resident;
    this.loop = resident.loop();
  }

  void run(Consumer<@Nullable Throwable> then) {
    this.then = then;
    MailboxStore store = loop.parts().store();
    resident.setRebuilding(true);
    resident.image().clear();
    resident.snapshot().cancel();
    resident.image().beginRebuild();
    loop.onResult(
        store
            .save(
                resident.mailbox(),
                resident.epoch(),
                Map.of(Snapshot.REPLAY, Snapshot.replayObject(1, true)))
            .compose(
                done ->
                    store.last(resident.mailbox()).map(last -> last == null ? 0L : last.last())),
        (last, cause) -> {
          if (last == null) {
            then.accept(Objects.requireNonNull(cause));
          } else {
            new Replay(resident).run(0, last, failure -> onReplayed(failure));
          }
        });
  }

  private void onReplayed(@Nullable Throwable cause) {
    if (cause != null) {
      then.accept(cause);
    } else {
      resident.snapshot().flush(() -> loop.execute(this::onSaved));
    }
  }

  private void onSaved() {
    if (!resident.image().dirty().isEmpty()) {
      then.accept(new MailboxStore.StoreFull("rebuilt objects could not be saved"));
      return;
    }
    Set<String> written = new HashSet<>(resident.image().endRebuild());
    written.add(Snapshot.REPLAY);
    sweep(null, written);
  }

  private void sweep(@Nullable String after, Set<String> written) {
    MailboxStore store = loop.parts().store();
    loop.onResult(
        store.scan(resident.mailbox(), "", after, KEYS),
        (keys, cause) -> {
          if (keys == null) {
            then.accept(Objects.requireNonNull(cause));
            return;
          }
          boolean more = keys.size() == KEYS;
          var changes = new HashMap<String, byte @Nullable []>();
          for (String key : keys) {
            if (!written.contains(key)) {
              changes.put(key, null);
            }
          }
          Future<Void> swept =
              changes.isEmpty()
                  ? Future.succeededFuture()
                  : store.save(resident.mailbox(), resident.epoch(), changes);
          // That it is done is said last, in a call of its own, as the header follows its pages.
          loop.onResult(
              more ? swept : swept.compose(done -> sayDone(store)),
              (done, failure) -> {
                if (failure != null || !more) {
                  then.accept(failure);
                } else {
                  sweep(keys.get(keys.size() - 1), written);
                }
              });
        });
  }

  private Future<Void> sayDone(MailboxStore store) {
    return store.save(
        resident.mailbox(),
        resident.epoch(),
        Map.of(Snapshot.REPLAY, Snapshot.replayObject(resident.end() + 1, false)));
  }
}
