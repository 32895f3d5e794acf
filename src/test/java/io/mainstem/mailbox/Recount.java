package io.mainstem.mailbox;

import io.mainstem.mailbox.state.ExpungePage;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.Folder;
import io.mainstem.mailbox.state.Header;
import io.mainstem.mailbox.state.HistoryPage;
import io.mainstem.mailbox.state.IndexPage;
import io.mainstem.mailbox.state.ListPage;
import io.mainstem.mailbox.state.PageTable;
import io.mainstem.mailbox.state.PlacementPage;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.Tail;
import io.mainstem.mailbox.state.Tally;
import io.mainstem.mailbox.state.ThreadObject;
import io.mainstem.message.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Counts a mailbox again from its messages alone, and compares every count that it keeps. */
final class Recount {
  private final Map<String, StoredObject> objects = new HashMap<>();
  private final Header header;
  private final String user;
  private int together;
  private int apart;
  private int fixed;
  private int requests;
  private long messages;
  private long sizeBytes;
  private final TreeMap<String, int[]> folders = new TreeMap<>();
  private final TreeMap<String, Long> folderSizes = new TreeMap<>();
  private final TreeMap<String, TreeSet<String>> lists = new TreeMap<>();
  private final TreeMap<String, Spot> spots = new TreeMap<>();
  final TreeMap<String, List<Ref>> histories = new TreeMap<>();

  Recount(SimMailbox box) {
    box.bytes().forEach((k, b) -> objects.put(k, Codec.decodeObject(k, b)));
    var h = objects.get(Mailbox.HEADER);
    header = h == null ? Header.NEW : (Header) h;
    user = box.user.value();
    objects.forEach(
        (k, o) -> {
          if (o instanceof ThreadObject t) {
            thread(t);
          }
        });
    folders();
    lists();
    uids();
    totals();
    indexes();
  }

  private void same(Object expected, Object actual, String what) {
    if (!expected.equals(actual)) {
      throw new AssertionError(user + ": " + what + ": recounted " + expected + ", kept " + actual);
    }
  }

  private List<Integer> pages(String sequence, Tail tail) {
    var table = (PageTable) objects.get(sequence);
    var out = new ArrayList<Integer>();
    if (table == null) {
      same(1, tail.pages(), sequence + " pages");
      out.add(0);
    } else {
      same(table.rows().size(), tail.pages(), sequence + " pages");
      table.rows().forEach(r -> out.add(r.page()));
      same(out.get(out.size() - 1), tail.page(), sequence + " tail");
    }
    return out;
  }

  private void thread(ThreadObject t) {
    var state = t.state();
    var refs = new ArrayList<Ref>();
    var unreadPages = new TreeMap<Integer, Integer>();
    for (int n : pages("h/" + t.id(), state.tail())) {
      var page = (HistoryPage) objects.get("h/" + t.id() + "/" + n);
      var content = page == null ? List.<Ref>of() : page.refs();
      if (content.size() > HistoryPage.MAX) {
        throw new AssertionError("a page of " + content.size());
      }
      if (n == state.tail().page()) {
        same(content.size(), state.tail().count(), "tail of " + t.id());
      }
      refs.addAll(content);
      int unread = (int) content.stream().filter(Ref::unread).count();
      if (unread > 0) {
        unreadPages.put(n, unread);
      }
    }
    for (int i = 1; i < refs.size(); i++) {
      if (refs.get(i - 1).position().compareTo(refs.get(i).position()) >= 0) {
        throw new AssertionError(user + ": " + t.id() + " is out of order at " + i);
      }
    }
    histories.put(t.id(), refs);
    var kept = new TreeMap<Integer, Integer>();
    state.unreadPages().forEach(p -> kept.put(p.page(), p.unread()));
    same(unreadPages, kept, "unread pages of " + t.id());
    tallies(t, refs);
    recent(t, refs);
    int channels = state.unreadChannels();
    if (channels > 0 && state.inInbox() && !t.face().settings().muted()) {
      var view = t.face().settings().channels();
      if (view == null) {
        together++;
        apart += channels;
      } else {
        fixed += view == ChannelView.TOGETHER ? 1 : channels;
      }
    }
    requests += refs.stream().anyMatch(r -> r.in("requests") != null) ? 1 : 0;
  }

  private void tallies(ThreadObject t, List<Ref> refs) {
    var counts = new TreeMap<String, int[]>();
    var newest = new HashMap<String, Long>();
    for (Ref r : refs) {
      if (!r.spots().isEmpty()) {
        messages++;
        sizeBytes += r.sizeBytes();
      }
      for (Spot s : r.spots()) {
        add(counts, Tally.list(s.folder(), r.channel()), !r.own() && !s.has(Flags.SEEN));
        newest.merge(Tally.list(s.folder(), r.channel()), r.stamp(), Math::max);
        var f = folders.computeIfAbsent(s.folder(), k -> new int[2]);
        f[0]++;
        f[1] += s.has(Flags.SEEN) ? 0 : 1;
        folderSizes.merge(s.folder(), r.sizeBytes(), Long::sum);
        if (spots.put(s.folder() + "/" + s.uid(), s) != null) {
          throw new AssertionError(user + ": UID twice: " + s);
        }
      }
      if (r.visible()) {
        add(counts, Tally.list(Tally.VISIBLE, r.channel()), r.unread());
        newest.merge(Tally.list(Tally.VISIBLE, r.channel()), r.stamp(), Math::max);
      }
    }
    same(
        counts.keySet(),
        new TreeSet<>(t.state().tallies().stream().map(Tally::list).toList()),
        "tallies of " + t.id());
    for (Tally tally : t.state().tallies()) {
      var c = counts.get(tally.list());
      same(c[0], tally.messages(), t.id() + " messages in " + tally.list());
      same(c[1], tally.unread(), t.id() + " unread in " + tally.list());
      if (tally.stamp() < newest.get(tally.list())) {
        throw new AssertionError(t.id() + " stands too low in " + tally.list());
      }
      lists.computeIfAbsent(tally.list(), k -> new TreeSet<>()).add(tally.stamp() + " " + t.id());
    }
  }

  /** The recent messages are the newest that stand somewhere. */
  private void recent(ThreadObject t, List<Ref> refs) {
    var standing = refs.stream().filter(r -> !r.spots().isEmpty()).toList();
    var recent = t.recent().stream().map(i -> i.ref()).toList();
    same(
        standing.subList(Math.max(0, standing.size() - recent.size()), standing.size()),
        recent,
        "recent of " + t.id());
  }

  private static void add(Map<String, int[]> counts, String list, boolean unread) {
    var c = counts.computeIfAbsent(list, k -> new int[2]);
    c[0]++;
    c[1] += unread ? 1 : 0;
  }

  private void folders() {
    for (Folder f : header.folders()) {
      var c = folders.getOrDefault(f.id(), new int[2]);
      same(c[0], f.messages(), "messages in " + f.name());
      same(c[1], f.unseen(), "unseen in " + f.name());
      same(folderSizes.getOrDefault(f.id(), 0L), f.sizeBytes(), "bytes in " + f.name());
    }
    folders
        .keySet()
        .forEach(
            k -> {
              if (header.folder(k) == null) {
                throw new AssertionError(user + ": messages in a folder that is gone: " + k);
              }
            });
  }

  private void lists() {
    for (Folder f : header.folders()) {
      for (Channel c : Channel.values()) {
        list(Tally.list(f.id(), c));
      }
    }
    for (Channel c : Channel.values()) {
      list(Tally.list(Tally.VISIBLE, c));
    }
  }

  private void list(String name) {
    var tail = header.list(name);
    var rows = new ArrayList<ListPage.Place>();
    if (tail != null) {
      for (int n : pages("l/" + name, tail)) {
        var page = (ListPage) objects.get("l/" + name + "/" + n);
        var content = page == null ? List.<ListPage.Place>of() : page.rows();
        if (n == tail.page()) {
          same(content.size(), tail.count(), "tail of list " + name);
        }
        rows.addAll(content);
      }
    }
    for (int i = 1; i < rows.size(); i++) {
      if (rows.get(i - 1).compareTo(rows.get(i).stamp(), rows.get(i).thread()) >= 0) {
        throw new AssertionError(user + ": list " + name + " is out of order");
      }
    }
    var kept = new TreeSet<String>();
    rows.forEach(r -> kept.add(r.stamp() + " " + r.thread()));
    same(lists.getOrDefault(name, new TreeSet<>()), kept, "list " + name);
  }

  /** Every UID ever given stands in a placement or among the expunged. */
  private void uids() {
    var placed = new TreeMap<String, PlacementPage.Placement>();
    var gone = new TreeSet<String>();
    objects.forEach(
        (k, o) -> {
          var parts = k.split("/");
          if (o instanceof PlacementPage p) {
            p.placements().forEach(x -> placed.put(parts[1] + "/" + x.uid(), x));
          } else if (o instanceof ExpungePage x) {
            x.expunges()
                .forEach(
                    e -> {
                      for (int uid = e.from(); uid <= e.to(); uid++) {
                        gone.add(parts[1] + "/" + uid);
                      }
                    });
          }
        });
    same(spots.keySet(), placed.keySet(), "placements");
    spots.forEach(
        (k, s) -> {
          same(s.flags(), placed.get(k).flags(), "flags of " + k);
          same(s.keywords(), placed.get(k).keywords(), "keywords of " + k);
          same(s.modseq(), placed.get(k).modseq(), "modseq of " + k);
        });
    for (Folder f : header.folders()) {
      for (int uid = 1; uid < f.uidNext(); uid++) {
        var key = f.id() + "/" + uid;
        if (placed.containsKey(key) == gone.contains(key)) {
          throw new AssertionError(
              user + ": UID " + key + " is both or neither placed and expunged");
        }
      }
    }
  }

  private void totals() {
    var t = header.totals();
    same(together, t.together(), "unread together");
    same(apart, t.apart(), "unread apart");
    same(fixed, t.fixed(), "unread with a setting");
    same(requests, t.requests(), "requests");
    same(messages, t.messages(), "stored messages");
    same(sizeBytes, t.sizeBytes(), "stored bytes");
  }

  private void indexes() {
    var counts = new TreeMap<String, Integer>();
    objects.forEach(
        (k, o) -> {
          if (o instanceof IndexPage p) {
            counts.merge(k.split("/")[1], p.keys().size(), Integer::sum);
          }
        });
    header
        .indexes()
        .forEach(
            i -> same(counts.getOrDefault(i.name(), 0), i.count(), "entries of index " + i.name()));
  }
}
