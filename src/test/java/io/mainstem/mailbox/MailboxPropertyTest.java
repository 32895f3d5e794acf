package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.mainstem.mailbox.state.Ref;
import io.mainstem.message.FolderId;
import io.mainstem.message.MessageId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What must hold after any sequence of commands. {@code -Dmailbox.seed=N} repeats a walk, {@code
 * -Dmailbox.steps=N} sets its length; a failure prints the seed and the shortest sequence found
 * that fails alike.
 */
class MailboxPropertyTest {
  private static final long SEED = Long.getLong("mailbox.seed", 20260101);
  private static final int STEPS = Integer.getInteger("mailbox.steps", 17_000);

  @Test
  void whateverIsDoneEveryCountIsRightAndTheLogGivesTheSameBytes() {
    var random = new SplittableRandom(SEED);
    long[] steps = random.longs(STEPS).toArray();
    var walk = new Walk();
    var failure = failure(walk, steps, STEPS / 2);
    if (failure != null) {
      var shortest = shrink(steps, failure);
      var last = new Walk();
      var again = failure(last, shortest, Integer.MAX_VALUE);
      fail(
          "seed "
              + SEED
              + ": "
              + failure.text()
              + "\nshrunken to "
              + shortest.length
              + " steps: "
              + (again == null ? "" : again.text())
              + "\n"
              + String.join("\n", last.told)
              + "\nsteps "
              + Arrays.toString(shortest));
    }
    coverage(walk);
  }

  /**
   * @param step after how many steps; @param inStep whether a step failed, and not the look at
   *     everything after it
   */
  private record Failure(int step, boolean inStep, String text) {}

  /**
   * Takes the steps and looks at everything every {@code every} steps and at the end; null when all
   * is well.
   */
  private static @Nullable Failure failure(Walk walk, long[] steps, int every) {
    int i = 0;
    boolean inStep = true;
    try {
      for (; i < steps.length; i++) {
        inStep = true;
        walk.step(steps[i]);
        inStep = false;
        if ((i + 1) % every == 0 || i + 1 == steps.length) {
          check(walk, steps[i]);
        }
      }
      walk.settle();
      check(walk, 1);
      return null;
    } catch (AssertionError | RuntimeException e) {
      var at = Arrays.stream(e.getStackTrace()).limit(8).map(StackTraceElement::toString).toList();
      return new Failure(
          Math.min(steps.length, i + 1), inStep, e + "\n  at " + String.join("\n  at ", at));
    }
  }

  /**
   * Leaves out ever smaller pieces while what is left still fails in the same way: in a step, or in
   * the look after the last.
   */
  private static long[] shrink(long[] steps, Failure failure) {
    long[] now = Arrays.copyOf(steps, failure.step());
    long end = System.nanoTime() + Long.getLong("mailbox.shrinkSeconds", 60) * 1_000_000_000L;
    for (int piece = now.length / 2;
        piece >= 1 && System.nanoTime() < end;
        piece = piece == 1 ? 0 : Math.max(1, piece / 2)) {
      for (int from = 0; from < now.length && System.nanoTime() < end; ) {
        int to = Math.min(now.length, from + piece);
        long[] less = new long[now.length - (to - from)];
        System.arraycopy(now, 0, less, 0, from);
        System.arraycopy(now, to, less, from, now.length - to);
        var found = less.length == 0 ? null : failure(new Walk(), less, Integer.MAX_VALUE);
        if (found != null && found.inStep() == failure.inStep()) {
          now = Arrays.copyOf(less, found.step());
        } else {
          from = to;
        }
      }
    }
    return now;
  }

  private static void check(Walk walk, long seed) {
    var random = new SplittableRandom(seed);
    for (SimMailbox box : walk.town.mailboxes.values()) {
      var recount = new Recount(box);
      replay(box, random);
      lists(box, walk.town.now);
      threads(box, recount, walk.town.now);
      Folders.check(box, random, walk.town.now);
    }
    oneOrder(walk);
    oneText(walk);
  }

  private static void replay(SimMailbox box, SplittableRandom random) {
    var live = box.bytes();
    same(live, box.replayed(box.log).bytes(), box.user + " replayed in one go");
    same(live, box.replayed(box.whole).bytes(), box.user + " replayed as before erasure");
    same(live, box.replayedInPieces(random.split()).bytes(), box.user + " replayed in pieces");
    box.dropSome(random, 0.7);
    same(live, box.bytes(), box.user + " after dropping pages");
  }

  private static void same(TreeMap<String, byte[]> a, TreeMap<String, byte[]> b, String what) {
    var difference = SimMailbox.difference(a, b);
    if (!difference.isEmpty()) {
      throw new AssertionError(what + " differs at " + difference);
    }
  }

  /** List, badge and counts say the same; pages of a list joined are the list. */
  private static void lists(SimMailbox box, long now) {
    var settings = box.ask(new Query.GetSettings(), now).settings();
    var inbox = pages(box, FolderId.INBOX, now);
    int unread = 0;
    for (ThreadView t : inbox) {
      if (t.unread() > 0 && !t.settings().muted()) {
        var view = t.settings().channels() == null ? settings.channels() : t.settings().channels();
        unread += view == ChannelView.TOGETHER ? 1 : channels(box, t, now);
      }
    }
    var counts = box.ask(new Query.GetCounts(), now).counts();
    assertEquals(unread, counts.unread(), box.user + ": rows of the inbox and the badge");
    assertEquals(
        pages(box, FolderId.REQUESTS, now).size(),
        counts.requests(),
        box.user + ": rows of Requests and the badge");
  }

  private static int channels(SimMailbox box, ThreadView t, long now) {
    int n = 0;
    for (var channel : t.channels()) {
      n += box.ask(new Query.Thread(t.id(), channel), now).unread() > 0 ? 1 : 0;
    }
    return n;
  }

  private static List<ThreadView> pages(SimMailbox box, @Nullable FolderId folder, long now) {
    var out = new ArrayList<ThreadView>();
    Position before = null;
    do {
      var page = box.ask(new Query.Threads(folder, null, 7, before), now);
      out.addAll(page.threads());
      before = page.next();
    } while (before != null);
    var seen = new HashSet<String>();
    for (int i = 0; i < out.size(); i++) {
      assertTrue(seen.add(out.get(i).id().value()), "a thread twice in a list");
      assertTrue(
          i == 0 || out.get(i - 1).position().compareTo(out.get(i).position()) > 0, "newest first");
    }
    return out;
  }

  /** Pages of a thread joined, forwards and backwards, are the thread. */
  private static void threads(SimMailbox box, Recount recount, long now) {
    int n = 0;
    for (ThreadView t : pages(box, null, now)) {
      if (n++ % 20 == 0) {
        var expected =
            recount.histories.get(t.id().value()).stream()
                .filter(Ref::visible)
                .map(Ref::id)
                .toList();
        var back = new ArrayList<String>();
        Position before = null;
        do {
          var page = box.ask(new Query.Messages(t.id(), null, null, 9, before, null), now);
          back.addAll(0, page.messages().stream().map(m -> m.id().value()).toList());
          before = page.next();
        } while (before != null);
        assertEquals(expected, back, "pages backwards");
        var first =
            box.ask(
                new Query.Messages(
                    t.id(), null, null, 1, null, new Position(io.mainstem.message.Hlc.ZERO, "")),
                now);
        var forth = new ArrayList<>(first.messages().stream().map(m -> m.id().value()).toList());
        for (Position after = first.prev(); after != null; ) {
          var page = box.ask(new Query.Messages(t.id(), null, null, 9, null, after), now);
          forth.addAll(page.messages().stream().map(m -> m.id().value()).toList());
          after = page.prev();
        }
        assertEquals(expected, forth, "pages forwards");
      }
    }
  }

  /** A message stands at the same place in the mailboxes of all who have it. */
  private static void oneOrder(Walk walk) {
    Map<String, Long> stamps = new HashMap<>();
    for (SimMailbox box : walk.town.mailboxes.values()) {
      for (var refs : new Recount(box).histories.values()) {
        for (Ref r : refs) {
          if (r.own() && r.origin() > 0) {
            stamps.put(box.user + " " + r.id(), r.stamp());
          }
        }
      }
    }
    for (SimMailbox box : walk.town.mailboxes.values()) {
      for (var refs : new Recount(box).histories.values()) {
        for (Ref r : refs) {
          if (r.sender() != null) {
            var sent = stamps.get(r.sender() + " " + r.id());
            assertTrue(
                sent == null || sent == r.stamp(), "a message stands elsewhere at " + box.user);
          }
        }
      }
    }
  }

  /** After the same edit, a message says the same in the mailboxes of all who have it. */
  private static void oneText(Walk walk) {
    Map<String, String> texts = new HashMap<>();
    for (boolean own : List.of(true, false)) {
      for (SimMailbox box : walk.town.mailboxes.values()) {
        for (var refs : new Recount(box).histories.values()) {
          for (Ref r : refs) {
            var revision = r.revision();
            if (revision == null || r.erased() || r.spots().isEmpty() || r.own() != own) {
              continue;
            }
            var view = box.ask(new Query.One(new MessageId(r.id())), walk.town.now);
            var message = view.message();
            assertTrue(message != null, "edited, and says nothing");
            var key = (own ? box.user : r.sender()) + " " + r.id() + " " + revision.number();
            if (own) {
              texts.put(key, message.text());
            } else {
              assertEquals(texts.getOrDefault(key, message.text()), message.text(), key);
            }
          }
        }
      }
    }
  }

  private static void coverage(Walk walk) {
    var events = new TreeMap<String, Integer>();
    var faults = new TreeMap<String, Integer>();
    int total = 0;
    for (SimMailbox box : walk.town.mailboxes.values()) {
      box.eventKinds.forEach((k, n) -> events.merge(k, n, Integer::sum));
      box.faults.forEach((k, n) -> faults.merge(k, n, Integer::sum));
      total += (int) box.lastSeq();
    }
    System.out.println("seed " + SEED + ", " + STEPS + " steps, " + total + " events");
    System.out.println("commands " + walk.town.commands);
    System.out.println("events   " + events);
    System.out.println("faults   " + faults);
    System.out.println("refused  " + walk.refused);
    assertTrue(total >= 10_000, "at least 10,000 events, not " + total);
    assertEquals(names(Command.class), walk.town.commands.keySet(), "every command");
    var kinds = names(Event.class);
    kinds.remove("Mark");
    kinds.remove("Fenced");
    assertEquals(kinds, events.keySet(), "every kind of event");
    assertEquals(
        new TreeSet<>(
            List.of(
                "d", "dead", "h", "h/page", "k/page", "l", "l/page", "meta", "p/page", "row",
                "s/page", "t", "x/page")),
        faults.keySet(),
        "every kind of page fault");
  }

  private static TreeSet<String> names(Class<?> sealed) {
    var out = new TreeSet<String>();
    for (Class<?> c : sealed.getPermittedSubclasses()) {
      out.add(c.getSimpleName());
    }
    return out;
  }
}
