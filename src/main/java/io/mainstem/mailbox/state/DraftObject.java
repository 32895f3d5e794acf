package io.mainstem.mailbox.state;

import io.mainstem.mailbox.StoredObject;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * {@code d/ID}: a draft. Its content is null when it was read back after the row's body was taken
 * away.
 */
@Proto
public record DraftObject(
    long covers,
    String id,
    @Nullable String thread,
    long savedMillis,
    long seq,
    @Nullable DraftContent content)
    implements StoredObject {
  @Override
  public int sizeBytes() {
    return 256
        + (content == null
            ? 0
            : 2 * (content.text().length() + content.subject().length())
                + content.attachments().size() * 256);
  }
}
