package io.mainstem.message;

import java.nio.charset.StandardCharsets;
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

  /** Of a text and nothing else, as it is written here. */
  public static Message of(
      Channel channel, Person from, List<Person> to, String subject, String text, Headers headers) {
    return new Message(
        channel,
        from,
        to,
        List.of(),
        subject,
        text,
        null,
        null,
        List.of(),
        null,
        text.getBytes(StandardCharsets.UTF_8).length,
        headers);
  }

  /** Between these people. */
  public Message withPeople(Person nextFrom, List<Person> nextTo, List<Person> nextCc) {
    return with(nextFrom, nextTo, nextCc, text, longText, sizeBytes, headers);
  }

  /**
   * @param nextLongText as {@link #longText()}
   * @param nextSizeBytes of a chat
   */
  public Message withText(String nextText, @Nullable Part nextLongText, long nextSizeBytes) {
    return with(from, to, cc, nextText, nextLongText, nextSizeBytes, headers);
  }

  public Message with(Headers nextHeaders) {
    return with(from, to, cc, text, longText, sizeBytes, nextHeaders);
  }

  private Message with(
      Person nextFrom,
      List<Person> nextTo,
      List<Person> nextCc,
      String nextText,
      @Nullable Part nextLongText,
      long nextSizeBytes,
      Headers nextHeaders) {
    return new Message(
        channel,
        nextFrom,
        nextTo,
        nextCc,
        subject,
        nextText,
        nextLongText,
        html,
        attachments,
        raw,
        nextSizeBytes,
        nextHeaders);
  }
}
