package io.mainstem.mailbox.answer;

import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.MessageView.StatusCounts;
import io.mainstem.mailbox.Position;
import io.mainstem.mailbox.Status;
import io.mainstem.mailbox.ThreadView;
import io.mainstem.mailbox.state.Delivery;
import io.mainstem.mailbox.state.Failure;
import io.mainstem.mailbox.state.Flags;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.mailbox.state.Spot;
import io.mainstem.mailbox.state.Tally;
import io.mainstem.mailbox.state.ThreadFace;
import io.mainstem.mailbox.state.ThreadObject;
import io.mainstem.mailbox.state.ThreadState;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes views of what is stored. */
final class Views {
  private Views() {}

  static MessageView message(ThreadObject t, Ref ref, @Nullable Message content) {
    if (!ref.own()) {
      return message(t.id(), ref, content, null, null, null);
    }
    var counts = Delivery.counts(t, ref);
    String failure = null;
    for (Failure f : t.failures()) {
      if (f.message().equals(ref.id()) && f.retried() == 0) {
        failure = f.reason();
      }
    }
    return message(
        t.id(),
        ref,
        content,
        Delivery.status(counts),
        counts.recipients() > 1 ? counts : null,
        failure);
  }

  static MessageView message(
      String thread,
      Ref ref,
      @Nullable Message content,
      @Nullable Status status,
      @Nullable StatusCounts counts,
      @Nullable String failure) {
    Set<String> flags = Set.of();
    var folders = new LinkedHashSet<FolderId>();
    for (Spot s : ref.spots()) {
      if (s.flags() != 0 || !s.keywords().isEmpty()) {
        flags = flags.isEmpty() ? new LinkedHashSet<>() : flags;
        flags.addAll(Flags.words(s.flags(), s.keywords()));
      }
      folders.add(new FolderId(s.folder()));
    }
    var date = content == null ? null : content.headers().dateMillis();
    return new MessageView(
        new MessageId(ref.id()),
        new ThreadId(thread),
        content,
        ref.own(),
        Instant.ofEpochMilli(date == null ? new Hlc(ref.stamp()).millis() : date),
        isDraft(ref) ? null : status,
        counts,
        failure,
        flags,
        List.copyOf(folders),
        Reasons.of(Reasons.shown(ref), content == null ? null : content.from()),
        ref.answers() == null ? null : new MessageId(ref.answers()),
        ref.position(),
        ref.seq(),
        edited(ref));
  }

  private static MessageView.@Nullable Edited edited(Ref ref) {
    var last = ref.revision();
    return last == null
        ? null
        : new MessageView.Edited(last.number(), Instant.ofEpochMilli(last.atMillis()));
  }

  /** A mail program's draft, which stands in its conversation though nobody was sent it. */
  private static boolean isDraft(Ref ref) {
    return ref.origin() == 0
        && !ref.spots().isEmpty()
        && ref.spots().stream().allMatch(s -> s.folder().equals(FolderId.DRAFTS.value()));
  }

  /**
   * @param stamp of the thread's place in the list that is shown
   */
  static ThreadView thread(
      String id,
      ThreadFace face,
      ThreadState state,
      @Nullable MessageView last,
      int unread,
      long stamp,
      @Nullable Person from) {
    var folders = new LinkedHashSet<FolderId>();
    var channels = EnumSet.noneOf(Channel.class);
    for (Tally t : state.tallies()) {
      channels.add(t.channel());
      if (!t.folder().equals(Tally.VISIBLE)) {
        folders.add(new FolderId(t.folder()));
      }
    }
    return new ThreadView(
        new ThreadId(id),
        face.kind(),
        face.title(),
        face.people(),
        last,
        unread,
        List.copyOf(folders),
        channels,
        Reasons.of(
            folders.contains(FolderId.REQUESTS) || folders.contains(FolderId.JUNK)
                ? state.reason()
                : null,
            from),
        face.settings(),
        new Position(new Hlc(stamp), id));
  }

  /**
   * Unread messages in these folders and this channel; a thread that an opened one would not show
   * counts where it stands.
   */
  static int unread(ThreadState state, Set<String> folders, @Nullable Channel channel) {
    int n = 0;
    for (Tally t : state.tallies()) {
      if (folders.contains(t.folder()) && (channel == null || channel == t.channel())) {
        n += t.unread();
      }
    }
    return n;
  }

  /**
   * The newest place of a thread in these folders and this channel; 0 when it is in none of them.
   */
  static long stamp(ThreadState state, Set<String> folders, @Nullable Channel channel) {
    long stamp = 0;
    for (Tally t : state.tallies()) {
      if (folders.contains(t.folder())
          && (channel == null || channel == t.channel())
          && Long.compareUnsigned(t.stamp(), stamp) > 0) {
        stamp = t.stamp();
      }
    }
    return stamp;
  }
}
