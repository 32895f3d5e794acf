package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.mailbox.state.Flags;
import io.mainstem.message.FolderId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * A mailbox's folders as somebody knows them who has followed every frame from the first on;
 * compared with what the queries say. Confined to one test.
 */
final class Folders {
  /** A placement, and when it came. */
  private record Known(PlacementView placement, long savedMillis) {}

  private final Map<FolderId, TreeMap<Integer, Known>> placed = new HashMap<>();

  /** UID → seq of its expunge. */
  private final Map<FolderId, TreeMap<Integer, Long>> gone = new HashMap<>();

  private final SimMailbox box;

  private Folders(SimMailbox box) {
    this.box = box;
    for (SimMailbox.Row row : box.log.values()) {
      see(Mailbox.frame(box.user, 1, Codec.decode(row.entry(), row.body())));
    }
  }

  /** Fails unless frames and queries tell the same, whatever is asked. */
  static void check(SimMailbox box, RandomGenerator random, long now) {
    var known = new Folders(box);
    for (FolderView f : box.ask(new Query.Folders(), now)) {
      known.placements(f, now, 0);
      known.placements(f, now, box.lastSeq() == 0 ? 0 : random.nextLong(box.lastSeq()));
      known.uids(f, now);
      known.expunged(f, now, 0);
      known.expunged(f, now, box.lastSeq() == 0 ? 0 : random.nextLong(box.lastSeq()));
      known.contents(f, now, random);
    }
  }

  private void see(Frame frame) {
    long seq = frame.cursor().seq();
    for (FolderChange c : frame.folders()) {
      var folder = placed.computeIfAbsent(c.folder(), k -> new TreeMap<>());
      var left = gone.computeIfAbsent(c.folder(), k -> new TreeMap<>());
      for (UidRange r : c.expunged()) {
        for (int uid = r.from(); uid <= r.to(); uid++) {
          assertTrue(folder.remove(uid) != null, "expunged, but was not there: " + c);
          left.put(uid, seq);
        }
      }
      for (PlacementView p : c.added()) {
        assertTrue(!left.containsKey(p.uid()), "a UID that was expunged returns: " + c);
        assertEquals(null, folder.put(p.uid(), new Known(p, p.savedMillis())), "added twice: " + c);
      }
      for (PlacementView p : c.changed()) {
        var before = folder.get(p.uid());
        assertTrue(before != null, "changed, but was not there: " + c);
        folder.put(p.uid(), new Known(p, before.savedMillis()));
      }
      if (c.after() != null) {
        assertEquals(folder.size(), c.after().messages(), "messages in " + c);
        assertEquals(seq, c.after().highestModseq(), "HIGHESTMODSEQ in " + c);
      }
    }
  }

  private TreeMap<Integer, Known> of(FolderView f) {
    return placed.getOrDefault(f.id(), new TreeMap<>());
  }

  private void placements(FolderView f, long now, long since) {
    var expected = new ArrayList<PlacementView>();
    of(f)
        .values()
        .forEach(
            k -> {
              if (k.placement().modseq() > since) {
                expected.add(saved(k));
              }
            });
    var got = new ArrayList<PlacementView>();
    for (int from = 1; from > 0; ) {
      var page = box.ask(new Query.Placements(f.id(), from, Integer.MAX_VALUE, since), now);
      assertTrue(page.placements().size() <= Query.PAGE);
      got.addAll(page.placements());
      assertTrue(page.next() == 0 || page.next() > from, "goes on");
      from = page.next();
    }
    assertEquals(expected, got, box.user + ": " + f.name() + " since " + since);
  }

  private static PlacementView saved(Known k) {
    var p = k.placement();
    return new PlacementView(
        p.uid(),
        p.message(),
        p.thread(),
        p.flags(),
        p.keywords(),
        p.modseq(),
        p.sizeBytes(),
        p.receivedMillis(),
        p.zoneMinutes(),
        k.savedMillis(),
        p.edit());
  }

  private void uids(FolderView f, long now) {
    var all = new ArrayList<Integer>();
    var unseen = new ArrayList<Integer>();
    for (int from = 1; from > 0; ) {
      var page = box.ask(new Query.Uids(f.id(), from), now);
      all.addAll(flat(page.uids()));
      unseen.addAll(flat(page.unseen()));
      assertEquals(f, page.folder());
      from = page.next();
    }
    assertEquals(List.copyOf(of(f).keySet()), all);
    assertEquals(
        of(f).values().stream()
            .filter(k -> !k.placement().has(Flags.SEEN))
            .map(k -> k.placement().uid())
            .toList(),
        unseen);
  }

  private void expunged(FolderView f, long now, long since) {
    var expected = new TreeSet<Integer>();
    gone.getOrDefault(f.id(), new TreeMap<>())
        .forEach(
            (uid, seq) -> {
              if (seq > since) {
                expected.add(uid);
              }
            });
    var got = new ArrayList<Integer>();
    for (int from = 1; from > 0; ) {
      var page = box.ask(new Query.Expunged(f.id(), from, Integer.MAX_VALUE, since), now);
      got.addAll(flat(page.uids()));
      from = page.next();
    }
    assertEquals(List.copyOf(expected), got, box.user + ": expunged since " + since);
  }

  /** Summaries and bodies of some stretch say what the messages say. */
  private void contents(FolderView f, long now, RandomGenerator random) {
    int from = 1 + random.nextInt(f.uidNext());
    int to = from + random.nextInt(40);
    var uids = List.copyOf(of(f).subMap(from, true, to, true).keySet());
    var summaries = box.ask(new Query.Summaries(f.id(), from, to), now);
    var bodies = box.ask(new Query.Bodies(f.id(), from, to), now);
    assertEquals(uids, summaries.summaries().stream().map(s -> s.placement().uid()).toList());
    assertEquals(uids, bodies.bodies().stream().map(b -> b.placement().uid()).toList());
    for (int i = 0; i < uids.size(); i++) {
      var s = summaries.summaries().get(i);
      var m = box.ask(new Query.One(s.placement().message()), now).message();
      var text = s.text();
      assertEquals(m == null, text == null, "erased: " + s);
      var body = bodies.bodies().get(i);
      if (m == null || text == null) {
        assertEquals(new Query.Body(s.placement(), null, null, null), body);
      } else {
        assertEquals(m.subject(), text.subject());
        assertEquals(m.from(), text.from());
        assertEquals(m.text(), text.preview(), "texts are short here");
        var form = body.written() == null ? null : body.written().form();
        assertEquals(form == null ? null : s.placement().edit(), form == null ? null : form.edit());
        assertEquals(m.headers(), s.headers());
        assertEquals(m.raw(), body.raw() == null ? null : body.raw().blob());
        assertEquals(
            m.raw() == null ? m : null, body.written() == null ? null : body.written().message());
      }
    }
  }

  private static List<Integer> flat(List<UidRange> ranges) {
    var out = new ArrayList<Integer>();
    for (UidRange r : ranges) {
      for (int uid = r.from(); uid <= r.to(); uid++) {
        out.add(uid);
      }
    }
    return out;
  }
}
