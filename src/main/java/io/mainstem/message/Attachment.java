package io.mainstem.message;

import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * A file of a message.
 *
 * @param id unique in its message
 * @param sizeBytes decoded size
 * @param contentId without angle brackets (RFC 2392), when the HTML body may name it
 */
@Proto
public record Attachment(
    String id, String name, long sizeBytes, Part part, @Nullable String contentId, boolean inline) {
  public String type() {
    return part.type();
  }
}
