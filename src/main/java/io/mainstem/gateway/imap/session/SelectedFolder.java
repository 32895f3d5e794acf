package io.mainstem.gateway.imap.session;

import io.mainstem.gateway.imap.protocol.SequenceSet;
import io.mainstem.gateway.imap.rendering.FetchText;
import io.mainstem.gateway.imap.rendering.ImapText;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.FolderChange;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.PlacementView;
import io.mainstem.mailbox.UidRange;
import io.mainstem.message.FolderId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A folder as one session sees it: its message numbers, how far it has followed the log, and what
 * it has not been told yet. Confined to its session.
 */
public final class SelectedFolder {
  private final FolderId id;
  private final boolean readOnly;
  private final UidMap uids;
  private final Set<String> keywords;
  private Cursor cursor;

  /** Changes of flags that are not told yet, by UID. */
  private Map<Integer, PlacementView> changed = Map.of();

  /** UIDs that are gone and not told yet, because no EXPUNGE was allowed since. */
  private List<UidRange> gone = List.of();

  /** Entries of this session's own STOREs, which were answered already. */
  private Set<Long> own = Set.of();

  private int told;

  /** UIDs that others added and that are not told yet. */
  private List<Integer> fresh = List.of();

  /** Flags that changed after this seq were not told, as NOTIFY did not name them. */
  private long unheard = Long.MAX_VALUE;

  /** What the last SEARCH saved: {@code $} (RFC 9051 §6.4.4.1). */
  private List<UidRange> saved = List.of();

  public SelectedFolder(
      FolderId id, boolean readOnly, UidMap uids, Set<String> keywords, Cursor cursor) {
    this.id = id;
    this.readOnly = readOnly;
    this.uids = uids;
    this.keywords = new TreeSet<>(keywords);
    this.cursor = cursor;
    this.told = uids.size();
  }

  public FolderId id() {
    return id;
  }

  public boolean isReadOnly() {
    return readOnly;
  }

  public UidMap uids() {
    return uids;
  }

  public Cursor cursor() {
    return cursor;
  }

  /**
   * The UIDs that a client means, ascending and each once. UIDs that are not here are left out; a
   * message number beyond the last is an error, {@code *} in an empty folder too (RFC 9051 §9
   * {@code seq-number}).
   */
  public List<UidRange> resolve(SequenceSet set, boolean byUid) {
    if (set.isSaved()) {
      return saved();
    }
    if (!byUid) {
      int last = uids.size();
      for (SequenceSet.Range r : set.ranges()) {
        if (last == 0 || r.from() > last || r.to() > last) {
          throw Refused.bad("There is no message of this number");
        }
      }
    }
    return uids.resolve(set, byUid);
  }

  /** What SEARCH saved, less what has gone since. */
  public List<UidRange> saved() {
    return saved.isEmpty() ? saved : uids.present(saved);
  }

  public void onSaved(List<UidRange> found) {
    saved = List.copyOf(found);
  }

  /** The entry with this seq is this session's: its flags need not be told. */
  public void onOwn(long seq) {
    if (own.isEmpty()) {
      own = new HashSet<>(2);
    }
    own.add(seq);
  }

  /** Takes an entry over, which is told later. One that was taken over before changes nothing. */
  public void onFrame(Frame frame, Login login) {
    cursor = frame.cursor();
    boolean mine = !own.isEmpty() && own.remove(cursor.seq());
    Notifications wanted = login.notifications();
    boolean pushed = wanted != null && !wanted.items().isEmpty() && !login.isOwn(cursor.seq());
    for (FolderChange change : frame.folders()) {
      if (change.folder().equals(id)) {
        for (PlacementView added : change.added()) {
          onAdded(added);
          if (pushed) {
            fresh = fresh.isEmpty() ? new ArrayList<>(2) : fresh;
            fresh.add(added.uid());
          }
        }
        if (!mine) {
          change.changed().forEach(this::onChanged);
        }
        change.expunged().forEach(this::onExpunged);
      }
    }
  }

  public void onAdded(PlacementView placement) {
    if (placement.uid() > uids.lastUid()) {
      uids.add(placement.uid(), placement.uid());
    }
  }

  public void onChanged(PlacementView placement) {
    if (changed.isEmpty()) {
      changed = new LinkedHashMap<>();
    }
    changed.put(placement.uid(), placement);
  }

  public void onExpunged(UidRange range) {
    if (gone.isEmpty()) {
      gone = new ArrayList<>(2);
    }
    gone.add(range);
  }

  public void onCursor(Cursor now) {
    cursor = now;
  }

  /**
   * Tells what has changed (RFC 9051 §7.4, §7.5; RFC 7162 §3.2.10), as far as the client has not
   * said by NOTIFY that it does not want to hear of it (RFC 5465 §3.1).
   *
   * @param mayExpunge whether message numbers may change now
   */
  public void tell(Output out, Login login, boolean mayExpunge) {
    Notifications wanted = login.notifications();
    if (wanted == null || wanted.hearsMessages()) {
      tellMessages(out, login, mayExpunge);
    }
    if (wanted == null || wanted.hearsFlags()) {
      tellFlags(out, login);
    } else {
      for (PlacementView placement : changed.values()) {
        unheard = Math.min(unheard, placement.modseq() - 1);
      }
      changed = Map.of();
    }
  }

  /** Tells all that has changed, whatever the client wanted to hear of so far. */
  public void tellAll(Output out, Login login) {
    tellMessages(out, login, true);
    tellFlags(out, login);
    unheard = Long.MAX_VALUE;
    fresh = List.of();
  }

  /** See {@link #unheard}. */
  public long unheardSince() {
    return unheard;
  }

  /** UIDs that others added, which have been told by EXISTS alone so far. */
  public List<Integer> takeFresh() {
    List<Integer> uids = fresh;
    fresh = List.of();
    return uids;
  }

  private void tellMessages(Output out, Login login, boolean mayExpunge) {
    if (mayExpunge && !gone.isEmpty()) {
      tellGone(out, login);
    }
    if (uids.size() > told) {
      out.untagged(uids.size() + " EXISTS");
      told = uids.size();
    }
  }

  private void tellFlags(Output out, Login login) {
    for (PlacementView placement : changed.values()) {
      int number = uids.number(placement.uid());
      if (number > 0 && !isGone(placement.uid())) {
        onKeywords(out, placement);
        out.untagged(FetchText.flags(number, placement, login.usesCondstore()));
      }
    }
    changed = Map.of();
  }

  private void tellGone(Output out, Login login) {
    var there = new TreeSet<Integer>();
    for (UidRange range : gone) {
      for (int uid = range.from(); uid <= range.to(); uid++) {
        if (uids.number(uid) > 0) {
          there.add(uid);
        }
      }
    }
    gone = List.of();
    if (there.isEmpty()) {
      return;
    }
    // What came and went since was never told: it has no number, and is no word of a VANISHED, by
    // which clients count (RFC 7162 §3.2.10).
    int untold = uids.size() - told;
    var known = new TreeSet<Integer>();
    for (int uid : there.descendingSet()) {
      int number = uids.number(uid);
      uids.remove(uid);
      if (number > told) {
        untold--;
      } else {
        told--;
        known.add(uid);
        if (!login.usesQresync()) {
          out.untagged(number + " EXPUNGE");
        }
      }
    }
    if (login.usesQresync() && !known.isEmpty()) {
      out.untagged("VANISHED " + ImapText.set(known.stream().mapToInt(uid -> uid)));
    }
    told = uids.size() - untold;
  }

  private boolean isGone(int uid) {
    for (UidRange range : gone) {
      if (range.holds(uid)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a message of the session's numbers has left the folder, untold. */
  public boolean hasGone() {
    return !gone.isEmpty();
  }

  /** Tells of keywords that this session has not seen before its messages bear them. */
  public void onKeywords(Output out, PlacementView placement) {
    if (!placement.keywords().isEmpty() && keywords.addAll(placement.keywords())) {
      out.untagged("FLAGS " + flagList());
    }
  }

  /** The flags that messages here have (RFC 9051 §7.3.5). */
  public String flagList() {
    var all = new ArrayList<>(List.of("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"));
    all.addAll(keywords);
    return ImapText.flags(all);
  }

  public String permanentFlags() {
    if (readOnly) {
      return "()";
    }
    String all = flagList();
    return all.substring(0, all.length() - 1) + " \\*)";
  }

  /** Message numbers of these UIDs, ascending. */
  public IntStream numbers(IntStream ofUids) {
    return ofUids.map(uids::number).filter(n -> n > 0);
  }
}
