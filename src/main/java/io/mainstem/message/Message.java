package io.mainstem.message;

import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * What a message says: the part of it that erasure takes away. Ids, stamps, flags and places are
 * kept beside it.
 *
 * @param subject empty where there is none
 * @param text the plain text to show; at most {@link #TEXT_INLINE_BYTES} of UTF-8, the rest is in
 *     {@code longText}
 * @param longText the whole text, when it is longer than what stands in {@code text}
 * @param html the HTML body as it came, not sanitised
 * @param raw the message's RFC 5322 bytes, exactly as they came; null for a chat
 * @param sizeBytes of the raw bytes; for a chat, of its text
 */
@Proto
public record Message(
    Channel channel,
    Person from,
    List<Person> to,
    List<Person> cc,
    String subject,
    String text,
    @Nullable Part longText,
    @Nullable Part html,
    List<Attachment> attachments,
    @Nullable BlobKey raw,
    long sizeBytes,
    Headers headers) {
  public static final int TEXT_INLINE_BYTES = 4096;

  public Message {
    to = List.copyOf(to);
    cc = List.copyOf(cc);
    attachments = List.copyOf(attachments);
  }
}
