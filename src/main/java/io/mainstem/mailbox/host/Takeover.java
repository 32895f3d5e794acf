package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Codec;
import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Mailbox;
import io.mainstem.mailbox.PageFault;
import io.mainstem.mailbox.StoredObject;
import io.mainstem.store.MailboxStore;
import io.mainstem.store.MailboxStore.Row;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Loads a mailbox and takes it over: reads the stored header, then the tail of the log that the
 * stored objects lack, then writes the fence behind which no earlier owner's entry counts, and with
 * it what a restore of the store asks for. Confined to the loop's context.
 */
final class Takeover {
  /**
   * How often a mailbox that could not be fenced tries again when a command comes, milliseconds.
   */
  private static final long PAUSE_MILLIS = 500;

  private final Resident resident;
  private final HostLoop loop;
  private boolean fenced;
  private long refusedMillis;

  /** Whether it was loaded for the first time since it came from another cell. */
  private boolean arrived;

  Takeover(Resident resident) {
    this.resident = resident;
    this.loop = resident.loop();
  }

  /** Whether the log's newest epoch is this owner's, so that commands may be written. */
  boolean isFenced() {
    return fenced;
  }

  /** The store has refused to write. */
  void onRefused() {
    refusedMillis = loop.parts().clock().millis();
  }

  /** Whether it was not refused just now. */
  boolean mayTry() {
    return loop.parts().clock().millis() - refusedMillis >= PAUSE_MILLIS;
  }

  void run() {
    loop.onResult(
        loop.parts().generations().of(resident.user()),
        (generation, cause) -> {
          if (generation == null) {
            resident.onLoadFailed(Objects.requireNonNull(cause));
          } else {
            resident.onGeneration(generation);
            readEnds();
          }
        });
  }

  private record Ends(@Nullable Row last, Map<String, byte[]> objects) {}

  private void readEnds() {
    MailboxStore store = loop.parts().store();
    Future<@Nullable Row> last = store.last(resident.mailbox());
    Future<Map<String, byte[]>> objects =
        store.objects(resident.mailbox(), List.of(Mailbox.HEADER, Snapshot.REPLAY));
    loop.onResult(
        Future.all(last, objects).map(both -> new Ends(last.result(), objects.result())),
        (ends, cause) -> {
          if (ends == null) {
            resident.onLoadFailed(Objects.requireNonNull(cause));
            return;
          }
          try {
            onEnds(ends, false);
          } catch (RuntimeException | Error e) {
            resident.onLoadFailed(loop.defect(e));
          }
        });
  }

  /**
   * The end of the log was read before another owner wrote on, and the objects after he saved: read
   * now, the end is where they say or the log is damaged.
   */
  private void readEndAgain(Map<String, byte[]> objects) {
    loop.onResult(
        loop.parts().store().last(resident.mailbox()).map(last -> new Ends(last, objects)),
        (ends, cause) -> {
          if (ends == null) {
            resident.onLoadFailed(Objects.requireNonNull(cause));
            return;
          }
          try {
            onEnds(ends, true);
          } catch (RuntimeException | Error e) {
            resident.onLoadFailed(loop.defect(e));
          }
        });
  }

  private void onEnds(Ends ends, boolean again) {
    byte[] header = ends.objects().get(Mailbox.HEADER);
    byte[] replay = ends.objects().get(Snapshot.REPLAY);
    long last = ends.last() == null ? 0 : ends.last().last();
    long previousEpoch = ends.last() == null ? 0 : ends.last().epoch();
    if (replay != null && replay[8] != 0) {
      // A rebuild did not come to its end.
      new Rebuild(resident)
          .run(
              cause -> {
                resident.setRebuilding(false);
                finish(cause, last, previousEpoch);
              });
      return;
    }
    StoredObject object = header == null ? null : Codec.decodeObject(Mailbox.HEADER, header);
    long replayFrom = replay == null ? 1 : ByteBuffer.wrap(replay).getLong();
    if (object != null && object.covers() > last || replayFrom > last + 1) {
      if (!again) {
        readEndAgain(ends.objects());
        return;
      }
      throw new MailboxStore.Damaged(
          "The log of "
              + resident.user()
              + " ends at number "
              + last
              + ", but its objects cover "
              + Math.max(object == null ? 0 : object.covers(), replayFrom - 1));
    }
    resident.image().install(Mailbox.HEADER, object);
    new Replay(resident).run(replayFrom - 1, last, cause -> finish(cause, last, previousEpoch));
  }

  private void finish(@Nullable Throwable cause, long last, long previousEpoch) {
    if (resident.isLost()) {
      return;
    }
    if (cause != null) {
      resident.onLoadFailed(cause);
    } else {
      onReplayed(last, previousEpoch);
    }
  }

  /** The image stands at the end of what is stored. */
  private void onReplayed(long last, long previousEpoch) {
    resident.onReplaying(last);
    try {
      resident.onIdentified();
      arrived = Mailbox.hasJustArrived(resident.image(), resident.mailbox().generation());
    } catch (PageFault fault) {
      fetch(fault, () -> onReplayed(last, previousEpoch));
      return;
    }
    fenced = previousEpoch == resident.epoch();
    if (fenced && arrived) {
      // Whoever copied it here wrote under this epoch, so there is no fence to wait for.
      onFenced();
    } else if (fenced || !mayTry()) {
      // Without a fence it can be read but not written: only a store whose owner is alone in its
      // process refuses a fence.
      resident.serve();
    } else {
      fence(previousEpoch);
    }
  }

  private void fence(long previousEpoch) {
    try {
      Entry fence =
          Mailbox.fence(
              resident.image(),
              resident.moment(),
              resident.settled(),
              resident.epoch(),
              previousEpoch,
              loop.parts().renewal());
      resident.write(fence, previousEpoch);
      resident.onIdentified();
    } catch (PageFault fault) {
      fetch(fault, () -> fence(previousEpoch));
    } catch (RuntimeException | Error e) {
      resident.onLoadFailed(loop.defect(e));
    }
  }

  /** The fence is settled. */
  void onFenced() {
    fenced = true;
    resident.serve();
    resident.chores().begin(arrived);
    arrived = false;
  }

  private void fetch(PageFault fault, Runnable then) {
    resident
        .image()
        .fetch(
            resident.mailbox(),
            fault.keys(),
            fault.seqs(),
            cause ->
                loop.execute(
                    () -> {
                      if (cause != null) {
                        resident.onLoadFailed(cause);
                      } else if (resident.isLoading()) {
                        then.run();
                      }
                    }));
  }
}
