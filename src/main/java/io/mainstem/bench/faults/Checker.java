package io.mainstem.bench.faults;

import io.mainstem.bench.faults.Evidence.Asked;
import io.mainstem.bench.faults.Evidence.Entry;
import io.mainstem.bench.faults.Evidence.Followed;
import io.mainstem.bench.faults.Evidence.MailboxSeen;
import io.mainstem.bench.faults.Evidence.Shown;
import io.mainstem.bench.faults.Evidence.ThreadSeen;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds what is there against what was acknowledged. Pure: the same evidence, the same verdict. */
public final class Checker {
  private static final int WORDS_OF_A_KIND = 5;

  private enum Kind {
    LOST,
    DUPLICATED,
    INVENTED,
    ORDER,
    COUNTS,
    UNANSWERED
  }

  private final Evidence evidence;
  private final Map<String, Asked> asked = new HashMap<>();

  /** What is wrong, by kind and by what it concerns, so that one message counts once in a kind. */
  private final Map<Kind, Map<String, String>> wrong = new EnumMap<>(Kind.class);

  private Checker(Evidence evidence) {
    this.evidence = evidence;
    evidence.asked().forEach(a -> asked.put(a.mark(), a));
    for (Kind kind : Kind.values()) {
      wrong.put(kind, new LinkedHashMap<>());
    }
  }

  public static Verdict check(Evidence evidence) {
    return new Checker(evidence).verdict();
  }

  private Verdict verdict() {
    evidence.mailboxes().forEach(this::mailbox);
    evidence.devices().forEach(this::device);
    order();
    long acknowledged = 0;
    for (Asked a : evidence.asked()) {
      if (a.acknowledged()) {
        acknowledged++;
      } else {
        find(Kind.UNANSWERED, a.mark(), "was never acknowledged to " + a.from());
      }
    }
    var words = new ArrayList<String>();
    wrong.forEach(
        (kind, found) ->
            found.entrySet().stream()
                .limit(WORDS_OF_A_KIND)
                .map(e -> kind.name().toLowerCase(java.util.Locale.ROOT) + ": " + e.getValue())
                .forEach(words::add));
    return new Verdict(
        acknowledged,
        count(Kind.LOST),
        count(Kind.DUPLICATED),
        count(Kind.INVENTED),
        count(Kind.ORDER),
        count(Kind.COUNTS),
        count(Kind.UNANSWERED),
        List.copyOf(words));
  }

  private long count(Kind kind) {
    return wrong.getOrDefault(kind, Map.of()).size();
  }

  private void find(Kind kind, String what, String words) {
    wrong.getOrDefault(kind, new HashMap<>()).putIfAbsent(what, what + " " + words);
  }

  private boolean concerns(Asked a, String user) {
    return a.from().equals(user) || a.to().equals(user);
  }

  // ---- mailboxes

  private void mailbox(String user, MailboxSeen mailbox) {
    var marks = new HashMap<String, Integer>();
    for (ThreadSeen thread : mailbox.threads()) {
      for (Shown message : thread.messages()) {
        if (!message.mark().isEmpty()) {
          marks.merge(message.mark(), 1, Integer::sum);
        }
      }
    }
    holds(marks, user, "in the mailbox of " + user);
    counts(user, mailbox);
  }

  /** Every acknowledged message of this user once, and no other. */
  private void holds(Map<String, Integer> marks, String user, String where) {
    marks.forEach(
        (mark, times) -> {
          Asked a = asked.get(mark);
          if (a == null || !concerns(a, user)) {
            find(Kind.INVENTED, mark, "is " + where + ", where nobody sent it");
          } else if (times > 1) {
            find(Kind.DUPLICATED, mark, "is " + times + " times " + where);
          }
        });
    for (Asked a : evidence.asked()) {
      if (a.acknowledged() && concerns(a, user) && !marks.containsKey(a.mark())) {
        find(Kind.LOST, a.mark(), "was acknowledged and is not " + where);
      }
    }
  }

  private void counts(String user, MailboxSeen mailbox) {
    long unread = 0;
    long requests = 0;
    for (ThreadSeen thread : mailbox.threads()) {
      long recount = thread.messages().stream().filter(Shown::unread).count();
      if (recount != thread.unread()) {
        find(
            Kind.COUNTS,
            user + " " + thread.id(),
            "says " + thread.unread() + " unread messages and has " + recount);
      }
      if (thread.inInbox() && recount > 0) {
        unread++;
      }
      if (thread.inRequests()) {
        requests++;
      }
    }
    if (unread != mailbox.unread()) {
      find(
          Kind.COUNTS,
          user + " unread",
          "is counted as " + mailbox.unread() + " conversations and is " + unread);
    }
    if (requests != mailbox.requests()) {
      find(
          Kind.COUNTS,
          user + " requests",
          "is counted as " + mailbox.requests() + " and is " + requests);
    }
  }

  // ---- devices

  private void device(Followed device) {
    String name = "at device " + device.device() + " of " + device.user();
    var place = new HashMap<String, Integer>();
    MailboxSeen mailbox = evidence.mailboxes().get(device.user());
    List<Entry> log = mailbox == null ? List.of() : mailbox.log();
    for (Entry entry : log) {
      place.put(entry.seq(), place.size());
    }
    var told = new HashSet<String>();
    var marks = new HashMap<String, Integer>();
    int last = -1;
    for (Entry entry : device.entries()) {
      String what = "entry " + entry.seq() + " of " + device.user();
      entry.marks().forEach(mark -> marks.merge(mark, 1, Integer::sum));
      if (!told.add(entry.seq())) {
        find(Kind.DUPLICATED, what, "came twice " + name);
      }
      Integer here = place.get(entry.seq());
      if (here == null) {
        find(Kind.INVENTED, what, "came " + name + " and is not in the log");
      } else {
        if (here < last) {
          find(Kind.ORDER, what, "came " + name + " after a later one");
        }
        last = here;
      }
    }
    for (Entry entry : log) {
      if (!told.contains(entry.seq())) {
        find(Kind.LOST, "entry " + entry.seq() + " of " + device.user(), "never came " + name);
      }
    }
    if (device.resets() > 0) {
      find(Kind.LOST, "the cursor " + name, "was refused " + device.resets() + " times");
    }
    holds(marks, device.user(), name);
  }

  // ---- one order for all

  private record Place(String thread, int index) {}

  /** Two who share messages of a conversation see these in one order. */
  private void order() {
    var places = new HashMap<String, Map<String, Place>>();
    evidence
        .mailboxes()
        .forEach(
            (user, mailbox) -> {
              var at = new HashMap<String, Place>();
              for (ThreadSeen thread : mailbox.threads()) {
                for (int i = 0; i < thread.messages().size(); i++) {
                  at.put(thread.messages().get(i).mark(), new Place(thread.id(), i));
                }
              }
              places.put(user, at);
            });
    evidence.mailboxes().forEach((user, mailbox) -> sameOrder(user, mailbox, places));
  }

  private void sameOrder(String user, MailboxSeen mailbox, Map<String, Map<String, Place>> places) {
    for (ThreadSeen thread : mailbox.threads()) {
      for (String peer : peers(thread)) {
        Map<String, Place> at = places.getOrDefault(peer, Map.of());
        var last = new HashMap<String, Integer>();
        for (Shown message : thread.messages()) {
          Place here = peer.equals(user) ? null : at.get(message.mark());
          if (here == null || !asked.containsKey(message.mark())) {
            continue;
          }
          Integer before = last.put(here.thread(), here.index());
          if (before != null && before > here.index()) {
            find(
                Kind.ORDER,
                message.mark(),
                "stands at " + user + " in another order than at " + peer);
          }
        }
      }
    }
  }

  private Set<String> peers(ThreadSeen thread) {
    var peers = new HashSet<String>();
    for (Shown message : thread.messages()) {
      Asked a = asked.get(message.mark());
      if (a != null) {
        peers.add(a.from());
        peers.add(a.to());
      }
    }
    return peers;
  }
}
