package io.mainstem.mailbox.wire;

import io.mainstem.mailbox.Change;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.FolderChange;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Query;
import java.util.ArrayList;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;

/** A {@link Frame}. */
@Proto
record FrameBody(Cursor cursor, List<OneChange> changes, List<FolderChange> folders) {
  static FrameBody of(Frame frame) {
    var changes = new ArrayList<OneChange>(frame.changes().size());
    frame.changes().forEach(change -> changes.add(OneChange.of(change)));
    return new FrameBody(frame.cursor(), changes, frame.folders());
  }

  Frame frame() {
    var all = new ArrayList<Change>(changes.size());
    changes.forEach(change -> all.add(change.value()));
    return new Frame(cursor, all, folders);
  }

  /** A {@link Query.UpdatePage}. */
  @Proto
  record Page(List<FrameBody> frames, Cursor cursor) {
    static Page of(Query.UpdatePage page) {
      return new Page(page.frames().stream().map(FrameBody::of).toList(), page.cursor());
    }

    Query.UpdatePage page() {
      return new Query.UpdatePage(frames.stream().map(FrameBody::frame).toList(), cursor);
    }
  }
}
