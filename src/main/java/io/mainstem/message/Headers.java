package io.mainstem.message;

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
    @Nullable String envelope) {
  public static final Headers NONE =
      new Headers(
          null, null, List.of(), null, List.of(), List.of(), null, null, null, false, null, null);

  public Headers {
    references = List.copyOf(references);
    replyTo = List.copyOf(replyTo);
    bcc = List.copyOf(bcc);
  }
}
