package io.mainstem.mailbox;

import io.mainstem.message.FolderId;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * What one entry did to one folder, as somebody who has it open must be told (RFC 9051 §7.4, RFC
 * 7162 §3.2.10).
 *
 * @param added placements that are new, ascending
 * @param changed placements whose flags or content changed
 * @param expunged UIDs that are gone, ascending
 * @param after the folder's counts after the entry; null when they did not change
 */
@Proto
public record FolderChange(
    FolderId folder,
    List<PlacementView> added,
    List<PlacementView> changed,
    List<UidRange> expunged,
    @Nullable FolderView after) {
  public FolderChange {
    added = List.copyOf(added);
    changed = List.copyOf(changed);
    expunged = List.copyOf(expunged);
  }
}
