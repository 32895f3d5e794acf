package io.mainstem.mailbox.state;

import io.mainstem.message.MessageId;
import java.util.ArrayList;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;

/**
 * How large an index is. Entries fill generations one after another: generation g takes the next
 * 256·4^g entries and spreads them by hash over 4^g pages, so a page stays small however large the
 * index grows, and nothing is ever moved.
 *
 * @param times for message ids: the times in the ids of each generation, so that a young id is not
 *     looked for in old ones
 */
@Proto
public record IndexShape(String name, int count, List<Times> times) {
  /** Of message ids. */
  public static final String MESSAGES = "m";

  /** Of RFC 5322 Message-IDs (hashed). */
  public static final String RFC_IDS = "r";

  /** Of what makes threads one: people, list, topic, group (hashed). */
  public static final String THREADS = "t";

  /** Of people (hashed). */
  public static final String CONTACTS = "c";

  /** Of contents that were imported. */
  public static final String IMPORTS = "i";

  /** The oldest and newest time in the ids of one generation. */
  @Proto
  public record Times(long first, long last) {}

  public IndexShape {
    times = List.copyOf(times);
  }

  static IndexShape empty(String name) {
    return new IndexShape(name, 0, List.of());
  }

  /** The generation of the entry with this number, from 0. */
  public static int generation(int number) {
    int g = 0;
    long end = 256;
    while (number >= end) {
      g++;
      end += 256L << 2 * g;
    }
    return g;
  }

  /** How many generations have an entry. */
  public int generations() {
    return count == 0 ? 0 : generation(count - 1) + 1;
  }

  /** The page of this key in this generation. */
  public static int page(int generation, String key) {
    int h = key.hashCode() * 0x9E3779B9;
    return generation == 0 ? 0 : h >>> 32 - 2 * generation;
  }

  /** Whether this generation may hold this key. */
  public boolean mayHold(int generation, String key) {
    if (generation >= times.size() || key.length() < 26 || !name.equals(MESSAGES)) {
      return true;
    }
    long at = new MessageId(key).millis();
    Times t = times.get(generation);
    return t.first() <= at && at <= t.last();
  }

  IndexShape plus(String key) {
    if (!name.equals(MESSAGES)) {
      return new IndexShape(name, count + 1, times);
    }
    int g = generation(count);
    long at = new MessageId(key).millis();
    var out = new ArrayList<Times>(times);
    if (g == out.size()) {
      out.add(new Times(at, at));
    } else {
      Times t = out.get(g);
      out.set(g, new Times(Math.min(t.first(), at), Math.max(t.last(), at)));
    }
    return new IndexShape(name, count + 1, out);
  }
}
