package io.mainstem.mailbox;

import io.mainstem.message.UserId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * A mailbox as a host runs it, without a store: log and objects in maps, objects dropped and loaded
 * at will. Confined to one test.
 */
final class SimMailbox {
  /** A row of the log. */
  record Row(byte[] entry, byte[] body) {}

  final UserId user;
  final TreeMap<Long, Row> log = new TreeMap<>();

  /** The log as if nothing had ever been erased. */
  final TreeMap<Long, Row> whole = new TreeMap<>();

  final Map<String, StoredObject> objects = new HashMap<>();
  final Map<String, byte[]> dropped = new HashMap<>();
  final TreeMap<Long, Entry> warm = new TreeMap<>();
  final TreeMap<String, Integer> faults = new TreeMap<>();
  final TreeMap<String, Integer> eventKinds = new TreeMap<>();
  Limits limits = Limits.DEFAULT;
  MailForms forms = MailForms.NONE;
  int generation = 1;
  long loadedBytes;

  SimMailbox(String user) {
    this.user = new UserId(user);
  }

  final Image image =
      new Image() {
        @Override
        public StoredObject object(String key) {
          if (dropped.containsKey(key)) {
            throw new PageFault(List.of(key), List.of());
          }
          return objects.get(key);
        }

        @Override
        public Entry entry(long seq) {
          var e = warm.floorEntry(seq);
          if (e == null || e.getValue().last() < seq) {
            throw new PageFault(List.of(), List.of(seq));
          }
          return e.getValue();
        }
      };

  Moment moment(long now, long chance) {
    return new Moment(user, generation, now, chance, limits, forms);
  }

  <R extends Reply> Mailbox.Decision<R> submit(Command<R> command, long now, long chance) {
    var moment = moment(now, chance);
    for (int i = 0; i < 10_000; i++) {
      try {
        var decision = Mailbox.decide(image, command, moment, lastSeq());
        if (decision.entry() != null) {
          append(decision.entry());
        }
        return decision;
      } catch (PageFault fault) {
        load(fault);
      }
    }
    throw new AssertionError("never settles: " + command);
  }

  <R> R ask(Query<R> query, long now) {
    for (int i = 0; i < 10_000; i++) {
      try {
        return Mailbox.answer(image, query, moment(now, 0));
      } catch (PageFault fault) {
        load(fault);
      }
    }
    throw new AssertionError("never answers: " + query);
  }

  private void load(PageFault fault) {
    for (String key : fault.keys()) {
      faults.merge(kind(key), 1, Integer::sum);
      var bytes = dropped.remove(key);
      if (bytes == null) {
        throw new AssertionError("asked for what is there: " + key);
      }
      loadedBytes += bytes.length;
      objects.put(key, Codec.decodeObject(key, bytes));
    }
    for (long seq : fault.seqs()) {
      faults.merge("row", 1, Integer::sum);
      var row = log.floorEntry(seq);
      loadedBytes += row.getValue().entry().length;
      warm.put(row.getKey(), Codec.decode(row.getValue().entry(), row.getValue().body()));
    }
    if (fault.keys().isEmpty() && fault.seqs().isEmpty()) {
      throw new AssertionError("a fault that names nothing");
    }
  }

  static String kind(String key) {
    int slash = key.indexOf('/');
    boolean page = key.indexOf('/', slash + 1) > 0;
    return slash < 0 ? key : key.substring(0, slash) + (page ? "/page" : "");
  }

  void append(Entry entry) {
    if (entry.first() != lastSeq() + 1) {
      throw new AssertionError("not the next entry: " + entry.first());
    }
    var encoded = Codec.encode(entry);
    log.put(entry.first(), new Row(encoded.entry(), encoded.body()));
    whole.put(entry.first(), new Row(encoded.entry(), encoded.body()));
    var read = Codec.decode(encoded.entry(), encoded.body());
    if (!read.equals(entry)) {
      throw new AssertionError("read back otherwise:\n" + entry + "\n" + read);
    }
    for (Event e : entry.events()) {
      eventKinds.merge(e.getClass().getSimpleName(), 1, Integer::sum);
    }
    warm.put(entry.first(), read);
    apply(read);
    for (long seq : Mailbox.redactions(entry)) {
      var row = log.floorEntry(seq);
      log.put(row.getKey(), new Row(row.getValue().entry(), null));
      warm.remove(row.getKey());
    }
  }

  private void apply(Entry entry) {
    for (String key : Mailbox.touches(entry)) {
      var bytes = dropped.remove(key);
      if (bytes != null) {
        objects.put(key, Codec.decodeObject(key, bytes));
      }
      var after = Mailbox.apply(key, objects.get(key), entry);
      if (after == null) {
        objects.remove(key);
      } else {
        objects.put(key, after);
      }
    }
  }

  long lastSeq() {
    var h = objects.get(Mailbox.HEADER);
    return h == null ? 0 : h.covers();
  }

  /** Drops objects and rows from memory, as a cache would. The header stays. */
  void dropSome(RandomGenerator random, double share) {
    for (String key : new ArrayList<>(new TreeSet<>(objects.keySet()))) {
      if (!key.equals(Mailbox.HEADER) && random.nextDouble() < share) {
        dropped.put(key, Codec.encodeObject(objects.remove(key)));
      }
    }
    warm.keySet().removeIf(k -> random.nextDouble() < share);
  }

  /** All objects as bytes. */
  TreeMap<String, byte[]> bytes() {
    var out = new TreeMap<String, byte[]>(dropped);
    objects.forEach((k, o) -> out.put(k, Codec.encodeObject(o)));
    return out;
  }

  /** A mailbox made from the log alone. */
  SimMailbox replayed(TreeMap<Long, Row> rows) {
    var out = new SimMailbox(user.value());
    rows.forEach(
        (first, row) -> {
          out.log.put(first, row);
          out.apply(Codec.decode(row.entry(), row.body()));
        });
    return out;
  }

  /**
   * Goes through a log in pieces; between them objects are saved, dropped, and older ones are
   * brought back with their tail replayed.
   */
  SimMailbox replayedInPieces(RandomGenerator random) {
    var out = new SimMailbox(user.value());
    var old = new TreeMap<String, byte[]>();
    long oldSeq = 0;
    for (var e : log.entrySet()) {
      out.log.put(e.getKey(), e.getValue());
      out.apply(Codec.decode(e.getValue().entry(), e.getValue().body()));
      if (random.nextInt(log.size()) < 6) {
        out.dropSome(random, 0.5);
      }
      if (random.nextInt(log.size()) < 4) {
        old = out.bytes();
        oldSeq = out.lastSeq();
      } else if (random.nextInt(log.size()) < 6) {
        out.goBack(random, old, oldSeq);
      }
    }
    return out;
  }

  /** Some objects are as they were at an older snapshot, and the tail is replayed over all. */
  private void goBack(RandomGenerator random, TreeMap<String, byte[]> old, long oldSeq) {
    var now = bytes();
    for (String key : now.keySet()) {
      if (!key.equals(Mailbox.HEADER) && random.nextBoolean()) {
        dropped.remove(key);
        objects.remove(key);
        if (old.containsKey(key)) {
          objects.put(key, Codec.decodeObject(key, old.get(key)));
        }
      }
    }
    for (var e : log.tailMap(oldSeq, false).entrySet()) {
      apply(Codec.decode(e.getValue().entry(), e.getValue().body()));
    }
  }

  static String difference(TreeMap<String, byte[]> a, TreeMap<String, byte[]> b) {
    var keys = new TreeSet<>(a.keySet());
    keys.addAll(b.keySet());
    for (String key : keys) {
      var x = a.get(key);
      var y = b.get(key);
      if (x == null || y == null || !Arrays.equals(x, y)) {
        return key + ":\n  " + show(key, x) + "\n  " + show(key, y);
      }
    }
    return "";
  }

  private static String show(String key, byte[] bytes) {
    return bytes == null ? "(absent)" : Codec.decodeObject(key, bytes).toString();
  }
}
