package io.mainstem.mailbox.state;

import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.state.Effect.Cut;
import io.mainstem.mailbox.state.Effect.IndexPut;
import io.mainstem.mailbox.state.Effect.ListMove;
import io.mainstem.mailbox.state.Effect.NewPage;
import io.mainstem.mailbox.state.Effect.RefChange;
import io.mainstem.mailbox.state.Effect.ThreadEffect;
import java.util.Set;

/** Names of objects, and which of them an event changes. */
public final class Keys {
  public static final String HEADER = "header";
  public static final String DEAD = "dead";
  public static final String METADATA = "meta";

  private Keys() {}

  public static String thread(String id) {
    return "t/" + id;
  }

  /** The sequence of a thread's history: key of its page table, and prefix of its pages. */
  public static String history(String thread) {
    return "h/" + thread;
  }

  /** The sequence of a list of threads. */
  public static String list(String list) {
    return "l/" + list;
  }

  public static String page(String sequence, int page) {
    return sequence + '/' + page;
  }

  /** Whether this key is {@code page(sequence, page)}, without making it. */
  static boolean isPage(String key, String sequence, int page) {
    int end = sequence.length();
    return key.length() > end + 1
        && key.charAt(end) == '/'
        && key.startsWith(sequence)
        && isNumber(key, end + 1, page);
  }

  /** Whether this key, whose kind is known, is that of this page of what has this name. */
  static boolean isOf(String key, String name, int page) {
    int end = name.length() + 2;
    return key.length() > end + 1
        && key.charAt(end) == '/'
        && key.startsWith(name, 2)
        && isNumber(key, end + 1, page);
  }

  private static boolean isNumber(String key, int from, int number) {
    int n = 0;
    for (int i = from; i < key.length(); i++) {
      n = n * 10 + key.charAt(i) - '0';
    }
    return n == number;
  }

  public static String placements(String folder, int uid) {
    return "p/" + folder + '/' + PlacementPage.of(uid);
  }

  public static String summaries(String folder, int uid) {
    return "s/" + folder + '/' + PlacementPage.of(uid);
  }

  public static String expunges(String folder, int uid) {
    return "x/" + folder + '/' + PlacementPage.of(uid);
  }

  public static String index(String name, int generation, int page) {
    return "k/" + name + '/' + generation + '/' + page;
  }

  public static String draft(String id) {
    return "d/" + id;
  }

  /** Adds the keys of what this event changes. */
  public static void touched(Event event, long seq, boolean hasContent, Set<String> out) {
    out.add(HEADER);
    var effect = event.effect();
    if (effect != null) {
      touched(effect, seq, hasContent, out);
    }
    switch (event) {
      case Event.ReadUpTo e -> out.add(thread(e.thread()));
      case Event.DraftSaved e -> out.add(draft(e.id()));
      case Event.DraftDiscarded e -> out.add(draft(e.id()));
      case Event.Reported e -> e.marks().forEach(m -> out.add(thread(m.thread())));
      case Event.Failed e -> {
        out.add(thread(e.failure().thread()));
        out.add(DEAD);
      }
      case Event.Retried e -> {
        out.add(thread(e.thread()));
        out.add(DEAD);
      }
      case Event.Delivered e -> out.add(thread(e.thread()));
      case Event.GroupChanged e -> out.add(thread(e.thread()));
      case Event.Sent e -> out.add(thread(e.thread()));
      case Event.Edited e -> out.add(thread(e.thread()));
      case Event.Appended e -> {}
      case Event.MarkedUnread e -> {}
      case Event.Moved e -> {}
      case Event.Flagged e -> {}
      case Event.Placed e -> {}
      case Event.Deleted e -> {}
      case Event.Erased e -> {
        e.failures().forEach(f -> out.add(thread(f.thread())));
        e.marks().forEach(m -> out.add(thread(m.thread())));
      }
      case Event.Undone e -> {}
      case Event.FolderMade e -> {}
      case Event.FoldersRenamed e -> {}
      case Event.FolderDropped e -> out.add(METADATA);
      case Event.Annotated e -> out.add(METADATA);
      case Event.Admitted e -> {}
      case Event.SettingsSet e -> {}
      case Event.ThreadSet e -> {}
      case Event.Accepted e -> {}
      case Event.Declined e -> {}
      case Event.Released e -> {}
      case Event.HandedUpTo e -> {}
      case Event.ReceiptsDone e -> {}
      case Event.Redacted e -> {}
      case Event.Expired e -> {}
      case Event.Leaving e -> {}
      case Event.Frozen e -> {}
      case Event.Thawed e -> {}
      case Event.SetBack e -> {}
      case Event.Fenced e -> {}
    }
  }

  private static void touched(Effect effect, long seq, boolean hasContent, Set<String> out) {
    for (RefChange c : effect.refs()) {
      out.add(thread(c.thread()));
      out.add(page(history(c.thread()), c.page()));
      for (Spot s : c.ref().spots()) {
        if (s.modseq() == seq) {
          out.add(placements(s.folder(), s.uid()));
          if (hasContent && c.brings(seq)) {
            out.add(summaries(s.folder(), s.uid()));
          }
        }
      }
      for (Spot s : c.was()) {
        if (c.left(s)) {
          out.add(placements(s.folder(), s.uid()));
          out.add(summaries(s.folder(), s.uid()));
          out.add(expunges(s.folder(), s.uid()));
        }
      }
      if (c.ref().erased()) {
        for (Spot s : c.ref().spots()) {
          out.add(summaries(s.folder(), s.uid()));
        }
      }
    }
    for (ThreadEffect t : effect.threads()) {
      out.add(thread(t.thread()));
      for (ListMove m : t.moves()) {
        if (m.from() >= 0) {
          out.add(page(list(m.list()), m.from()));
        }
        if (m.to() >= 0) {
          out.add(page(list(m.list()), m.to()));
        }
        var cut = m.cut();
        if (cut != null) {
          out.add(page(cut.sequence(), cut.from()));
          out.add(page(cut.sequence(), cut.to()));
        }
      }
    }
    for (Cut c : effect.cuts()) {
      out.add(page(c.sequence(), c.from()));
      out.add(page(c.sequence(), c.to()));
    }
    for (NewPage p : effect.newPages()) {
      out.add(p.sequence());
    }
    for (IndexPut p : effect.keys()) {
      out.add(index(p.name(), p.generation(), p.page()));
    }
  }
}
