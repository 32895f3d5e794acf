package io.mainstem.mailbox.wire;

import io.mainstem.mailbox.Change;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** A change. Exactly one of these is set; kinds are only ever added at the end. */
@Proto
record OneChange(
    Change.@Nullable MessageChanged messageChanged,
    Change.@Nullable MessageGone messageGone,
    Change.@Nullable StatusChanged statusChanged,
    Change.@Nullable FlagsChanged flagsChanged,
    Change.@Nullable ReadChanged readChanged,
    Change.@Nullable ThreadChanged threadChanged,
    Change.@Nullable CountsChanged countsChanged,
    Change.@Nullable FoldersChanged foldersChanged,
    Change.@Nullable SettingsChanged settingsChanged,
    Change.@Nullable DraftChanged draftChanged,
    Change.@Nullable Bookkeeping bookkeeping,
    Change.@Nullable AnnotationsChanged annotationsChanged) {
  static OneChange of(Change value) {
    return new OneChange(
        Wire.as(Change.MessageChanged.class, value),
        Wire.as(Change.MessageGone.class, value),
        Wire.as(Change.StatusChanged.class, value),
        Wire.as(Change.FlagsChanged.class, value),
        Wire.as(Change.ReadChanged.class, value),
        Wire.as(Change.ThreadChanged.class, value),
        Wire.as(Change.CountsChanged.class, value),
        Wire.as(Change.FoldersChanged.class, value),
        Wire.as(Change.SettingsChanged.class, value),
        Wire.as(Change.DraftChanged.class, value),
        Wire.as(Change.Bookkeeping.class, value),
        Wire.as(Change.AnnotationsChanged.class, value));
  }

  Change value() {
    return Wire.first(
        messageChanged,
        messageGone,
        statusChanged,
        flagsChanged,
        readChanged,
        threadChanged,
        countsChanged,
        foldersChanged,
        settingsChanged,
        draftChanged,
        bookkeeping,
        annotationsChanged);
  }
}
