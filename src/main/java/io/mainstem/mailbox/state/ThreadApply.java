package io.mainstem.mailbox.state;

import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.ThreadKind;
import io.mainstem.mailbox.ThreadSettings;
import io.mainstem.mailbox.state.Effect.RefChange;
import io.mainstem.mailbox.state.Effect.ThreadEffect;
import io.mainstem.mailbox.state.Header.Receipt;
import io.mainstem.message.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Applies events to {@code t/THREAD}. */
final class ThreadApply {
  private static final ThreadFace NO_FACE =
      new ThreadFace(ThreadKind.PEOPLE, null, List.of(), null, ThreadSettings.DEFAULT);

  private ThreadApply() {}

  static @Nullable ThreadObject apply(
      String key, @Nullable ThreadObject thread, Event event, @Nullable Message content, long seq) {
    var id = key.substring(2);
    var t =
        thread == null
            ? new ThreadObject(
                0, id, NO_FACE, ThreadState.EMPTY, List.of(), List.of(), 0, List.of(), List.of())
            : thread;
    var now = t;
    var effect = event.effect();
    if (effect != null) {
      now = effect(now, id, effect, content, seq);
    }
    now = specific(now, id, event, seq);
    now = sent(now, id, effect, seq);
    if (now == t) {
      return thread;
    }
    return new ThreadObject(
        seq,
        id,
        now.face(),
        now.state(),
        now.recent(),
        now.recipients(),
        now.sentToAll(),
        now.senders(),
        now.failures());
  }

  private static ThreadObject effect(
      ThreadObject t, String id, Effect effect, @Nullable Message content, long seq) {
    var face = t.face();
    var state = t.state();
    boolean changed = false;
    for (ThreadEffect e : effect.threads()) {
      if (e.thread().equals(id)) {
        state = e.state();
        face = e.face() == null ? face : e.face();
        changed = true;
      }
    }
    var recent = t.recent();
    for (RefChange c : effect.refs()) {
      if (c.thread().equals(id)) {
        recent = recent(recent, c, state, content, seq);
        changed = true;
      }
    }
    return changed
        ? new ThreadObject(
            t.covers(),
            id,
            face,
            state,
            recent,
            t.recipients(),
            t.sentToAll(),
            t.senders(),
            t.failures())
        : t;
  }

  /** The last messages that stand somewhere: always a run that ends with the newest. */
  private static List<Item> recent(
      List<Item> recent, RefChange c, ThreadState state, @Nullable Message content, long seq) {
    var ref = c.ref();
    int at = recent.size();
    while (at > 0 && compare(recent.get(at - 1).ref(), ref) > 0) {
      at--;
    }
    boolean here = at > 0 && recent.get(at - 1).ref().id().equals(ref.id());
    var out = new ArrayList<Item>(recent.size() + 1);
    out.addAll(recent);
    if (here) {
      if (ref.spots().isEmpty()) {
        out.remove(at - 1);
      } else {
        var said = c.brings(seq) ? content : recent.get(at - 1).content();
        out.set(at - 1, new Item(ref, ref.erased() ? null : said));
      }
      return out;
    }
    boolean inRun =
        at > 0 || c.arrived() && (ref.stamp() >= state.newest() || whole(recent, state));
    if (ref.spots().isEmpty() || !inRun) {
      return recent;
    }
    out.add(at, new Item(ref, c.brings(seq) && !ref.erased() ? content : null));
    if (out.size() > ThreadObject.RECENT) {
      out.remove(0);
    }
    return out;
  }

  /** Whether the recent messages were all there were before this one came. */
  private static boolean whole(List<Item> recent, ThreadState state) {
    return state.tail().pages() == 1
        && state.tail().count() == recent.size() + 1
        && recent.size() < ThreadObject.RECENT;
  }

  private static int compare(Ref a, Ref b) {
    return Ref.compare(a.stamp(), a.id(), b.stamp(), b.id());
  }

  private static ThreadObject specific(ThreadObject t, String id, Event event, long seq) {
    return switch (event) {
      case Event.Sent e when !e.joined().isEmpty() && e.thread().equals(id) -> {
        var all = new ArrayList<>(t.recipients());
        all.addAll(e.joined());
        yield t.with(all, t.sentToAll());
      }
      case Event.Delivered e when e.from() != null && e.thread().equals(id) -> arrived(t, e.from());
      case Event.ReadUpTo e when !e.receipts().isEmpty() ->
          read(t, e.receipts(), e.thread().equals(id));
      case Event.Flagged e when !e.receipts().isEmpty() -> read(t, e.receipts(), true);
      case Event.GroupChanged e when e.thread().equals(id) -> t.with(e.recipients(), t.sentToAll());
      case Event.Reported e -> marked(t, id, e.marks());
      case Event.Failed e when e.failure().thread().equals(id) ->
          marked(failed(t, List.of(e.failure())), id, List.of(e.mark()));
      case Event.Erased e -> marked(failed(t, e.failures()), id, e.marks());
      case Event.Edited e when !e.indexes().isEmpty() && e.thread().equals(id) -> {
        var to = new ArrayList<>(t.recipients());
        for (int i : e.indexes()) {
          to.set(i, to.get(i).sent(seq));
        }
        yield t.with(to, t.sentToAll());
      }
      case Event.Retried e when e.thread().equals(id) -> {
        var all = new ArrayList<>(t.failures());
        all.replaceAll(
            f -> f.message().equals(e.message()) && f.retried() == 0 ? f.retried(seq) : f);
        var to = new ArrayList<>(t.recipients());
        for (int i : e.indexes()) {
          to.set(i, to.get(i).sent(seq));
        }
        yield t.withFailures(all).with(to, t.sentToAll());
      }
      default -> t;
    };
  }

  private static ThreadObject marked(ThreadObject t, String id, List<Event.Mark> marks) {
    var all = new ArrayList<>(t.recipients());
    boolean changed = false;
    for (Event.Mark m : marks) {
      if (m.thread().equals(id)) {
        all.set(m.index(), m.recipient());
        changed = true;
      }
    }
    return changed ? t.with(all, t.sentToAll()) : t;
  }

  private static ThreadObject failed(ThreadObject t, List<Failure> failures) {
    if (failures.isEmpty() || !failures.get(0).thread().equals(t.id())) {
      return t;
    }
    var all = new ArrayList<>(t.failures());
    for (Failure failure : failures) {
      all.removeIf(
          f ->
              f.message().equals(failure.message())
                  && f.recipient().key().equals(failure.recipient().key()));
      all.add(failure);
    }
    return t.withFailures(all);
  }

  /** Notes for whom a message that goes out now is. */
  private static ThreadObject sent(ThreadObject t, String id, @Nullable Effect effect, long seq) {
    var now = t;
    if (effect != null) {
      for (RefChange c : effect.refs()) {
        if (c.ref().own() && c.ref().origin() == seq && c.thread().equals(id)) {
          var to = now.recipients();
          if (!c.ref().to().isEmpty()) {
            to = new ArrayList<>(to);
            for (int i : c.ref().to()) {
              to.set(i, to.get(i).sent(seq));
            }
          }
          now = now.with(to, c.ref().to().isEmpty() ? seq : now.sentToAll());
        }
      }
    }
    return now;
  }

  private static ThreadObject arrived(ThreadObject t, Header.Arrival from) {
    for (Sender s : t.senders()) {
      if (s.user().equals(from.sender()) && s.thread().equals(from.senderThread())) {
        return t;
      }
    }
    var out = new ArrayList<Sender>();
    for (Sender s : t.senders()) {
      if (!s.user().equals(from.sender())) {
        out.add(s);
      }
    }
    out.add(new Sender(from.sender(), from.senderThread(), 0));
    return t.withSenders(out);
  }

  private static ThreadObject read(ThreadObject t, List<Receipt> receipts, boolean mine) {
    if (!mine) {
      return t;
    }
    var out = new ArrayList<Sender>(t.senders());
    boolean changed = false;
    for (int i = 0; i < out.size(); i++) {
      var s = out.get(i);
      for (Receipt r : receipts) {
        if (r.sender().equals(s.user()) && r.thread().equals(s.thread()) && r.read() > s.read()) {
          out.set(i, new Sender(s.user(), s.thread(), r.read()));
          changed = true;
        }
      }
    }
    return changed ? t.withSenders(out) : t;
  }
}
