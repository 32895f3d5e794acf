package io.mainstem.message;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * What a mail's header says that threading, lists and mail programs need (RFC 5322, RFC 2919, RFC
 * 3834).
 *
 * @param messageId without angle brackets
 * @param dateMillis of the Date field: shown, never sorted by
 * @param machine Auto-Submitted, Precedence bulk/list/junk, List-Unsubscribe, or a null
 *     reverse-path
 * @param bodyStructure the MIME tree as IMAP's BODYSTRUCTURE (RFC 9051 §7.5.2), when the message
 *     came as MIME
 * @param envelope the header as IMAP's ENVELOPE, exactly as the mail has it; null when it was
 *     written here
 * @param apart fields that the sender's own copy has before the raw bytes, each with its line
 *     break: Bcc, which was taken out before anybody was handed them (RFC 5322 §3.6.3)
 */
@Proto
public record Headers(
    @Nullable String messageId,
    @Nullable String inReplyTo,
    List<String> references,
    @Nullable Person sender,
    List<Person> replyTo,
    List<Person> bcc,
    @Nullable Long dateMillis,
    @Nullable String listId,
    @Nullable String listUnsubscribe,
    boolean machine,
    @Nullable String bodyStructure,
    @Nullable String envelope,
    @Nullable String apart) {
  public static final Headers NONE = of(null, null, List.of(), null);

  public Headers {
    references = List.copyOf(references);
    replyTo = List.copyOf(replyTo);
    bcc = List.copyOf(bcc);
  }

  /** Of a mail that is written here, or of a chat: ids, and when it was written. */
  public static Headers of(
      @Nullable String messageId,
      @Nullable String inReplyTo,
      List<String> references,
      @Nullable Long dateMillis) {
    return new Headers(
        messageId,
        inReplyTo,
        references,
        null,
        List.of(),
        List.of(),
        dateMillis,
        null,
        null,
        false,
        null,
        null,
        null);
  }

  /** Of the fields that stand apart from the raw bytes. */
  public int apartBytes() {
    return apart == null ? 0 : apart.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * As the sender keeps them: these people got it, and nobody is told. The envelope is to be made
   * of the bytes, since it names them.
   */
  public Headers withBcc(List<Person> people, String fields) {
    return with(people, fields);
  }

  /** As everybody else is handed them. */
  public Headers withoutBcc() {
    return bcc.isEmpty() && apart == null ? this : with(List.of(), null);
  }

  private Headers with(List<Person> hidden, @Nullable String fields) {
    return new Headers(
        messageId,
        inReplyTo,
        references,
        sender,
        replyTo,
        hidden,
        dateMillis,
        listId,
        listUnsubscribe,
        machine,
        bodyStructure,
        null,
        fields);
  }
}
