package io.mainstem.mailbox.answer;

import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.FolderChange;
import io.mainstem.mailbox.PlacementView;
import io.mainstem.mailbox.state.Effect;
import io.mainstem.mailbox.state.Effect.RefChange;
import io.mainstem.mailbox.state.Folder;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.message.FolderId;
import io.mainstem.message.MessageId;
import io.mainstem.message.ThreadId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an entry did to each folder. A pure function of the entry, as its frame is. */
final class FolderChanges {
  /** Of one folder. */
  private static final class Seen {
    final List<PlacementView> added = new ArrayList<>(1);
    final List<PlacementView> changed = new ArrayList<>(1);
    final TreeSet<Integer> gone = new TreeSet<>();
    @Nullable Folder after;
  }

  private FolderChanges() {}

  static List<FolderChange> of(Entry entry) {
    Map<String, Seen> folders = new LinkedHashMap<>();
    for (int i = 0; i < entry.events().size(); i++) {
      var effect = entry.events().get(i).effect();
      if (effect != null) {
        see(effect, entry.first() + i, entry.atMillis(), folders);
      }
    }
    if (folders.isEmpty()) {
      return List.of();
    }
    var out = new ArrayList<FolderChange>(folders.size());
    folders.forEach((id, seen) -> out.add(change(id, seen)));
    return out;
  }

  private static void see(Effect effect, long seq, long atMillis, Map<String, Seen> folders) {
    for (RefChange c : effect.refs()) {
      var ref = c.ref();
      for (Spot s : ref.spots()) {
        if (s.modseq() == seq) {
          var seen = folders.computeIfAbsent(s.folder(), k -> new Seen());
          boolean isNew = c.arrived() || c.before(s) == null;
          (isNew ? seen.added : seen.changed).add(placement(c, ref, s, atMillis));
        }
      }
      for (Spot s : c.was()) {
        if (c.left(s)) {
          folders.computeIfAbsent(s.folder(), k -> new Seen()).gone.add(s.uid());
        }
      }
    }
    for (Folder f : effect.folders()) {
      var seen = folders.get(f.id());
      if (seen != null) {
        seen.after = f;
      }
    }
  }

  /** {@code atMillis} is SAVEDATE of what is new; of what changed, it is not looked at. */
  private static PlacementView placement(RefChange c, Ref ref, Spot s, long atMillis) {
    return new PlacementView(
        s.uid(),
        new MessageId(ref.id()),
        new ThreadId(c.thread()),
        s.flags(),
        s.keywords(),
        s.modseq(),
        ref.sizeBytes(),
        ref.receivedMillis(),
        ref.zoneMinutes(),
        atMillis,
        ref.revision() == null ? null : ref.revision().number());
  }

  private static FolderChange change(String id, Seen seen) {
    var gone = new Runs();
    seen.gone.forEach(gone::add);
    seen.added.sort(Comparator.comparingInt(PlacementView::uid));
    seen.changed.sort(Comparator.comparingInt(PlacementView::uid));
    var after = seen.after;
    return new FolderChange(
        new FolderId(id),
        seen.added,
        seen.changed,
        gone.ranges(),
        after == null ? null : Frames.folder(after));
  }
}
