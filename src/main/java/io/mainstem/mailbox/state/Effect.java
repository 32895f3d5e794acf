package io.mainstem.mailbox.state;

import io.mainstem.mailbox.Counts;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * What an event does to messages and counts: every value as it is afterwards, so that {@code apply}
 * copies and never computes.
 *
 * @param folders those whose counts changed
 * @param tails of lists of threads that changed
 * @param cuts of histories; done before messages are put in
 */
@Proto
public record Effect(
    List<RefChange> refs,
    List<ThreadEffect> threads,
    List<Folder> folders,
    List<Header.ListTail> tails,
    List<Cut> cuts,
    List<NewPage> newPages,
    List<IndexPut> keys,
    Totals totals,
    Counts counts) {
  public Effect {
    refs = List.copyOf(refs);
    threads = List.copyOf(threads);
    folders = List.copyOf(folders);
    tails = List.copyOf(tails);
    cuts = List.copyOf(cuts);
    newPages = List.copyOf(newPages);
    keys = List.copyOf(keys);
  }

  /**
   * A message came or changed.
   *
   * @param page of the thread's history
   * @param ref as it is now; a placement whose modseq is the event's seq is new or changed
   * @param was placements before, of those that changed or went
   */
  @Proto
  public record RefChange(String thread, int page, Ref ref, List<Spot> was, boolean arrived) {
    public RefChange {
      was = List.copyOf(was);
    }

    /** Whether what stands beside the event of this seq is what the message says from then on. */
    public boolean brings(long seq) {
      return arrived || ref.contentRow() == seq;
    }

    /** The placement of before, when there was one here. */
    public @Nullable Spot before(Spot spot) {
      for (Spot s : was) {
        if (s.same(spot)) {
          return s;
        }
      }
      return null;
    }

    /** Whether this earlier placement is there no more. */
    public boolean left(Spot earlier) {
      for (Spot s : ref.spots()) {
        if (s.same(earlier)) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * @param face when the thread is new or who and what it is changed
   */
  @Proto
  public record ThreadEffect(
      String thread, ThreadState state, @Nullable ThreadFace face, List<ListMove> moves) {
    public ThreadEffect {
      moves = List.copyOf(moves);
    }
  }

  /**
   * A thread's place in a list: pages and stamps before and after; page -1 is "not in it".
   *
   * @param cut done after the thread left its old place and before it comes to the new one
   */
  @Proto
  public record ListMove(
      String list, int from, long fromStamp, int to, long toStamp, @Nullable Cut cut) {}

  /** A full page is cut: what begins with this position goes from one page to a new one. */
  @Proto
  public record Cut(
      String sequence,
      int from,
      int to,
      long stamp,
      String first,
      List<Ref> refs,
      List<ListPage.Place> places) {
    public Cut {
      refs = List.copyOf(refs);
      places = List.copyOf(places);
    }
  }

  /** A sequence has one page more. */
  @Proto
  public record NewPage(String sequence, PageTable.Row row) {}

  /** An index has an entry more, or another value for a key. */
  @Proto
  public record IndexPut(
      String name, int generation, int page, IndexPage.Key key, boolean replace) {}
}
