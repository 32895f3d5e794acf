package io.mainstem.simulation;

import io.mainstem.mailbox.Change;
import io.mainstem.mailbox.Codec;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Staleness;
import io.mainstem.mailbox.ThreadView;
import io.mainstem.message.MessageId;
import io.mainstem.message.UserId;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.Partition;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What clients were told, and the judgement of it by the logs in the end. */
final class History {
  /** What a client was told. */
  private record Acknowledged(UserId user, String message, String thread, long seq, long told) {}

  /** What an owner has said, and the incarnation under which it was asked. */
  private record Said(UserId user, String message, long seq, long incarnation, long at) {}

  private record Shown(UserId user, String message, long seq) {}

  private record Opened(World.@Nullable Host host, int life, long at, Future<?> reply) {}

  /** A message that a device is told of. */
  record Arrived(long seq, String message) {}

  /** A message in a log. */
  private record Logged(long seq, long epoch, String message, String thread) {}

  private final World world;
  private final Map<String, Long> begun = new HashMap<>();
  private final List<Acknowledged> acknowledged = new ArrayList<>();
  private final List<Said> said = new ArrayList<>();
  private final Set<Shown> shown = new LinkedHashSet<>();
  private final List<Opened> opened = new ArrayList<>();
  private final List<Device> devices = new ArrayList<>();
  private int marks;

  History(World world) {
    this.world = world;
  }

  /** A client asks for the first time that this be stored. */
  void begun(MessageId message) {
    begun.put(message.value(), world.now());
  }

  /** An owner acknowledges. */
  void said(UserId user, Reply.Delivered reply, long incarnation) {
    said.add(new Said(user, reply.id().value(), reply.cursor().seq(), incarnation, world.now()));
  }

  /** A client hears of it. */
  void acknowledged(UserId user, Reply.Delivered reply) {
    world.note("%s has %s with seq %d", user, reply.id(), reply.cursor().seq());
    acknowledged.add(
        new Acknowledged(
            user, reply.id().value(), reply.thread().value(), reply.cursor().seq(), world.now()));
  }

  void shown(UserId user, List<ThreadView> threads) {
    for (ThreadView thread : threads) {
      MessageView last = thread.last();
      if (last != null) {
        world.note("%s is shown %s with seq %d", user, last.id(), last.seq());
        shown.add(new Shown(user, last.id().value(), last.seq()));
      }
    }
  }

  /** Somebody looks into a mailbox now. */
  Look looks(UserId user) {
    return new Look(user, world.now());
  }

  /**
   * One who looks. Whoever is not told that what he sees may be old sees all that had been
   * acknowledged to anybody when owners last had to make sure of themselves.
   */
  final class Look implements Staleness {
    private final UserId user;
    private final long since;
    private boolean stale;

    private Look(UserId user, long now) {
      this.user = user;
      this.since = now - (Node.STALE_MILLIS + 1) * 1_000;
    }

    @Override
    public void stale(long millis) {
      stale = true;
      marks++;
    }

    void sees(Cursor end) {
      for (Acknowledged one : acknowledged) {
        if (!stale && one.user().equals(user) && one.told() < since && one.seq() > end.seq()) {
          world.fail(
              "%s is shown all up to %d as new, without %s with seq %d, known since %d ms"
                  .formatted(user, end.seq(), one.message(), one.seq(), one.told() / 1000));
        }
      }
    }
  }

  /** How often somebody was told that what he sees may be old. */
  int marks() {
    return marks;
  }

  void told(UserId user, List<Frame> frames) {
    for (Frame frame : frames) {
      for (Arrived one : arrived(frame)) {
        shown.add(new Shown(user, one.message(), one.seq()));
      }
    }
  }

  static List<Arrived> arrived(Frame frame) {
    var all = new ArrayList<Arrived>();
    for (Change change : frame.changes()) {
      if (change instanceof Change.MessageChanged one && one.arrived()) {
        all.add(new Arrived(one.message().seq(), one.message().id().value()));
      }
    }
    return all;
  }

  void watches(Device device) {
    devices.add(device);
  }

  /** Something is asked on the host that is running, and has to be answered. */
  <T> Future<T> asked(Future<T> reply) {
    World.Host host = world.running();
    opened.add(new Opened(host, host == null ? 0 : world.lifeOf(host), world.now(), reply));
    return reply;
  }

  int acknowledgements() {
    return acknowledged.size();
  }

  /** Threads of a user that somebody was told of. */
  Set<String> threads(UserId user) {
    var threads = new LinkedHashSet<String>();
    acknowledged.stream().filter(a -> a.user().equals(user)).forEach(a -> threads.add(a.thread()));
    return threads;
  }

  /**
   * A request that was made at a host that lives on and is not answered; null when there is none.
   */
  @Nullable String unanswered(long before) {
    for (Opened one : opened) {
      World.Host host = one.host();
      if (host != null
          && !one.reply().isComplete()
          && one.at() < before
          && host.isUp()
          && world.lifeOf(host) == one.life()) {
        return "a request that was made at %d ms at %s never ended"
            .formatted(one.at() / 1000, host.name);
      }
    }
    return null;
  }

  /**
   * Judges what was told of a user by his log.
   *
   * @return what is wrong, or null
   */
  @Nullable String judge(UserId user, List<Row> log, ReplicaSet replicas) {
    var bySeq = new HashMap<Long, Logged>();
    var byMessage = new HashMap<String, Logged>();
    for (Logged one : delivered(log)) {
      world.note("the log of %s has %s with seq %d", user, one.message(), one.seq());
      bySeq.put(one.seq(), one);
      if (byMessage.put(one.message(), one) != null) {
        return "%s stands twice in the log of %s".formatted(one.message(), user);
      }
    }
    String wrong = judgeTold(user, bySeq, replicas);
    if (wrong != null) {
      return wrong;
    }
    for (Shown one : shown) {
      Logged stored = bySeq.get(one.seq());
      if (one.user().equals(user) && (stored == null || !stored.message().equals(one.message()))) {
        return "%s was shown %s with seq %d, which the log does not have there"
            .formatted(user, one.message(), one.seq());
      }
    }
    return judgeDevices(user, log);
  }

  /** Each device has been told all that the log has, once and in its order. */
  private @Nullable String judgeDevices(UserId user, List<Row> log) {
    List<Arrived> all =
        delivered(log).stream().map(one -> new Arrived(one.seq(), one.message())).toList();
    for (Device device : devices) {
      if (device.user().equals(user) && !device.told().equals(all)) {
        int same = 0;
        while (same < all.size()
            && same < device.told().size()
            && all.get(same).equals(device.told().get(same))) {
          same++;
        }
        return "%s was told %d messages, the log has %d; they differ from %s on (told: %s)"
            .formatted(
                device,
                device.told().size(),
                all.size(),
                same < all.size() ? all.get(same) : "the end",
                same < device.told().size() ? device.told().get(same) : "nothing");
      }
    }
    return null;
  }

  private static List<Logged> delivered(List<Row> log) {
    var all = new ArrayList<Logged>();
    for (Row row : log) {
      Entry entry = Codec.decode(row.entry(), row.body());
      for (int i = 0; i < entry.events().size(); i++) {
        if (entry.events().get(i) instanceof Event.Delivered delivered) {
          all.add(
              new Logged(entry.first() + i, row.epoch(), delivered.message(), delivered.thread()));
        }
      }
    }
    return all;
  }

  /** Judges what the last owner shows of a thread by the log. */
  @Nullable String judgeThread(UserId user, String thread, List<String> messages, List<Row> log) {
    var shownNow = new LinkedHashSet<>(messages);
    if (shownNow.size() != messages.size()) {
      return "%s is shown a message twice in the end".formatted(user);
    }
    Set<String> stored =
        delivered(log).stream()
            .filter(one -> one.thread().equals(thread))
            .map(Logged::message)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return shownNow.equals(stored)
        ? null
        : "%s is shown %s in the end, but the log has %s".formatted(user, shownNow, stored);
  }

  private @Nullable String judgeTold(UserId user, Map<Long, Logged> bySeq, ReplicaSet replicas) {
    int partition = Partition.of(user, SimulatedCell.PARTITIONS);
    for (Said one : said) {
      if (!one.user().equals(user)) {
        continue;
      }
      Logged stored = bySeq.get(one.seq());
      if (stored == null || !stored.message().equals(one.message())) {
        return "%s was acknowledged to %s with seq %d, and is not there"
            .formatted(one.message(), user, one.seq());
      }
      long since = begun.getOrDefault(one.message(), 0L);
      if (!replicas.held(partition, one.incarnation(), since, one.at())) {
        return "%s was acknowledged by incarnation %d, which owned nothing of %s since %d ms"
            .formatted(one.message(), one.incarnation(), user, since / 1000);
      }
    }
    List<Acknowledged> told = acknowledged.stream().filter(a -> a.user().equals(user)).toList();
    for (Acknowledged one : told) {
      for (Acknowledged other : told) {
        if (one.told() < begun.getOrDefault(other.message(), 0L) && one.seq() >= other.seq()) {
          return "%s was acknowledged before %s was begun, and stands behind it"
              .formatted(one.message(), other.message());
        }
      }
    }
    return null;
  }
}
