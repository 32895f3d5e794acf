package io.mainstem.mailbox.state;

import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.state.Header.Arrival;
import io.mainstem.mailbox.state.Header.Departure;
import io.mainstem.mailbox.state.Header.DraftRow;
import io.mainstem.mailbox.state.Header.Erasure;
import io.mainstem.mailbox.state.Header.Forebear;
import io.mainstem.mailbox.state.Header.Held;
import io.mainstem.mailbox.state.Header.ListTail;
import io.mainstem.mailbox.state.Header.Owed;
import io.mainstem.mailbox.state.Header.Receipt;
import io.mainstem.mailbox.state.Header.Retention;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Applies events to {@code header}. Every event moves the seq that it covers. */
final class HeaderApply {
  private final long seq;
  private Totals totals;
  private SettingsState settings;
  private List<Folder> folders;
  private List<ListTail> lists;
  private List<IndexShape> indexes;
  private Rate rate;
  private List<Owed> outbox;
  private List<Arrival> arrivals;
  private List<Receipt> receipts;
  private long handedUpTo;
  private List<Held> held;
  private List<Erasure> erasures;
  private List<DraftRow> drafts;
  private Retention retention;
  private @Nullable Departure departure;
  private int givenUp;
  private List<Forebear> forebears;
  private int renewal;

  private HeaderApply(Header h, long seq) {
    this.seq = seq;
    totals = h.totals();
    settings = h.settings();
    folders = h.folders();
    lists = h.lists();
    indexes = h.indexes();
    rate = h.rate();
    outbox = h.outbox();
    arrivals = h.arrivals();
    receipts = h.receipts();
    handedUpTo = h.handedUpTo();
    held = h.held();
    erasures = h.erasures();
    drafts = h.drafts();
    retention = h.retention();
    departure = h.departure();
    givenUp = h.givenUp();
    forebears = h.forebears();
    renewal = h.renewal();
  }

  static Header apply(Header header, Event event, long seq, long atMillis) {
    var a = new HeaderApply(header, seq);
    var effect = event.effect();
    if (effect != null) {
      a.effect(effect);
    }
    if (!event.receipts().isEmpty()) {
      a.receipts = merged(a.receipts, event.receipts());
    }
    a.specific(event, atMillis);
    return new Header(
        a.seq,
        a.totals,
        a.settings,
        a.folders,
        a.lists,
        a.indexes,
        a.rate,
        a.outbox,
        a.arrivals,
        a.receipts,
        a.handedUpTo,
        a.held,
        a.erasures,
        a.drafts,
        a.retention,
        a.departure,
        a.givenUp,
        a.forebears,
        a.renewal);
  }

  private void effect(Effect effect) {
    totals = effect.totals();
    for (Folder f : effect.folders()) {
      putFolder(f);
    }
    for (ListTail t : effect.tails()) {
      putTail(t);
    }
    for (Effect.IndexPut p : effect.keys()) {
      if (!p.replace()) {
        putKey(p);
      }
    }
  }

  private void putFolder(Folder folder) {
    var out = new ArrayList<>(folders);
    for (int i = 0; i < out.size(); i++) {
      if (out.get(i).id().equals(folder.id())) {
        out.set(i, folder);
        folders = out;
        return;
      }
    }
    out.add(folder);
    folders = out;
  }

  private void putTail(ListTail tail) {
    var out = new ArrayList<>(lists);
    for (int i = 0; i < out.size(); i++) {
      if (out.get(i).list().equals(tail.list())) {
        out.set(i, tail);
        lists = out;
        return;
      }
    }
    out.add(tail);
    lists = out;
  }

  private void putKey(Effect.IndexPut put) {
    var out = new ArrayList<>(indexes);
    for (int i = 0; i < out.size(); i++) {
      if (out.get(i).name().equals(put.name())) {
        out.set(i, out.get(i).plus(put.key().key()));
        indexes = out;
        return;
      }
    }
    out.add(IndexShape.empty(put.name()).plus(put.key().key()));
    indexes = out;
  }

  private void specific(Event event, long atMillis) {
    switch (event) {
      case Event.Sent e -> {
        rate = e.rate();
        owed(e.thread(), e.owed(), false);
        if (e.held() != null) {
          held = plus(held, e.held());
        }
      }
      case Event.Delivered e -> arrived(e.told() ? e.from() : null);
      case Event.Edited e -> {
        rate = e.rate() == null ? rate : e.rate();
        owed(e.thread(), e.owed(), false);
      }
      case Event.Deleted e -> erasures = plusAll(erasures, e.erasures());
      case Event.Appended e -> {
        if (!e.erasures().isEmpty()) {
          erasures = plusAll(erasures, e.erasures());
        }
      }
      case Event.Admitted e -> forget(e.kept());
      case Event.Erased e -> {
        forget(e.rows());
        e.marks().forEach(m -> owed(m.thread(), m.owed(), true));
      }
      case Event.Expired e -> {
        forget(e.rows());
        retention = new Retention(atMillis, e.junkPage(), e.trashPage());
      }
      case Event.Redacted e -> forget(e.rows());
      case Event.Undone e -> forget(e.kept());
      case Event.FolderMade e -> putFolder(e.folder());
      case Event.FoldersRenamed e -> e.folders().forEach(this::putFolder);
      case Event.FolderDropped e -> {
        var out = new ArrayList<>(folders);
        out.removeIf(f -> f.id().equals(e.folder().id()));
        folders = out;
        var kept = new ArrayList<>(lists);
        kept.removeIf(l -> l.list().startsWith(e.folder().id() + "."));
        lists = kept;
      }
      case Event.DraftSaved e -> {
        dropDraft(e.id());
        drafts = plus(drafts, new DraftRow(e.id(), seq));
      }
      case Event.DraftDiscarded e -> dropDraft(e.id());
      case Event.SettingsSet e -> settings = e.settings();
      case Event.Reported e -> e.marks().forEach(m -> owed(m.thread(), m.owed(), true));
      case Event.Failed e -> owed(e.failure().thread(), e.mark().owed(), true);
      case Event.Retried e -> owed(e.thread(), e.owed(), false);
      case Event.Released e -> {
        owed(e.thread(), e.owed(), false);
        var out = new ArrayList<>(held);
        out.removeIf(h -> h.message().equals(e.message()));
        held = out;
      }
      case Event.HandedUpTo e -> {
        handedUpTo = e.upTo();
        var out = new ArrayList<>(arrivals);
        out.removeIf(a -> a.seq() <= e.upTo());
        arrivals = out;
      }
      case Event.ReceiptsDone e -> told(e.told());
      case Event.ReadUpTo e -> {}
      case Event.MarkedUnread e -> {}
      case Event.Moved e -> {}
      case Event.Flagged e -> {}
      case Event.Placed e -> {}
      case Event.ThreadSet e -> {}
      case Event.Accepted e -> {}
      case Event.Declined e -> {}
      case Event.GroupChanged e -> {}
      case Event.Leaving e -> departure = new Departure(e.cell(), e.generation(), 0);
      case Event.Frozen e -> {
        departure = new Departure(e.cell(), e.generation(), seq);
        int ending = Header.cursorGeneration(renewal, e.from());
        forebears = plus(without(forebears, ending), new Forebear(ending, seq));
      }
      case Event.Thawed e -> {
        if (departure != null && departure.generation() == e.generation()) {
          departure = null;
        }
        givenUp = Math.max(givenUp, e.generation());
      }
      case Event.Annotated e -> {}
      case Event.SetBack e -> renew(e.number());
      case Event.Fenced e -> {}
    }
  }

  private void renew(int number) {
    renewal = Math.max(renewal, number);
    forebears = List.of();
    folders =
        folders.stream().map(f -> f.withValidity(Math.max(f.uidValidity() + 1, number))).toList();
  }

  /** The generation that ends was frozen before, if at all, by a move that was given up. */
  private static List<Forebear> without(List<Forebear> forebears, int generation) {
    var out = new ArrayList<>(forebears);
    out.removeIf(f -> f.generation() == generation);
    if (out.size() == Header.MAX_FOREBEARS) {
      out.remove(0);
    }
    return out;
  }

  private void owed(String thread, @Nullable Owed row, boolean absolute) {
    if (row == null && !absolute) {
      return;
    }
    var out = new ArrayList<>(outbox);
    for (int i = 0; i < out.size(); i++) {
      if (out.get(i).thread().equals(thread)) {
        if (row == null) {
          out.remove(i);
        } else {
          out.set(i, row);
        }
        outbox = out;
        return;
      }
    }
    if (row != null) {
      out.add(row);
      outbox = out;
    }
  }

  private void arrived(@Nullable Arrival from) {
    if (from == null) {
      return;
    }
    var out = new ArrayList<Arrival>(arrivals.size() + 1);
    for (Arrival a : arrivals) {
      if (!a.thread().equals(from.thread()) || !a.sender().equals(from.sender())) {
        out.add(a);
      }
    }
    out.add(from);
    if (out.size() > Header.MAX_ARRIVALS) {
      out.remove(0);
    }
    arrivals = out;
  }

  private static List<Receipt> merged(List<Receipt> receipts, List<Receipt> more) {
    var out = new ArrayList<>(receipts);
    for (Receipt r : more) {
      int at = find(out, r);
      if (at < 0) {
        out.add(r);
      } else {
        var old = out.get(at);
        out.set(
            at,
            new Receipt(
                r.sender(),
                r.thread(),
                Math.max(old.delivered(), r.delivered()),
                Math.max(old.read(), r.read())));
      }
    }
    return out;
  }

  private void told(List<Receipt> told) {
    var out = new ArrayList<>(receipts);
    for (Receipt r : told) {
      int at = find(out, r);
      if (at < 0) {
        continue;
      }
      var old = out.get(at);
      long delivered = old.delivered() <= Math.max(r.delivered(), r.read()) ? 0 : old.delivered();
      long read = old.read() <= r.read() ? 0 : old.read();
      if (delivered == 0 && read == 0) {
        out.remove(at);
      } else {
        out.set(at, new Receipt(old.sender(), old.thread(), delivered, read));
      }
    }
    receipts = out;
  }

  private static int find(List<Receipt> receipts, Receipt r) {
    for (int i = 0; i < receipts.size(); i++) {
      if (receipts.get(i).sender().equals(r.sender())
          && receipts.get(i).thread().equals(r.thread())) {
        return i;
      }
    }
    return -1;
  }

  private void forget(List<Long> rows) {
    if (rows.isEmpty() || erasures.isEmpty()) {
      return;
    }
    var out = new ArrayList<>(erasures);
    out.removeIf(e -> rows.contains(e.seq()));
    erasures = out;
  }

  private void dropDraft(String id) {
    var out = new ArrayList<>(drafts);
    out.removeIf(d -> d.id().equals(id));
    drafts = out;
  }

  private static <T> List<T> plus(List<T> list, T one) {
    return plusAll(list, List.of(one));
  }

  private static <T> List<T> plusAll(List<T> list, Collection<T> more) {
    var out = new ArrayList<T>(list.size() + more.size());
    out.addAll(list);
    out.addAll(more);
    return out;
  }
}
