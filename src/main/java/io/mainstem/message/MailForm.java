package io.mainstem.message;

import java.util.List;
import java.util.Locale;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * All that the RFC 5322 form of a message written here needs beside the message and its id. It is
 * decided once, when the message comes into a mailbox, and never again: so the same message has the
 * same bytes after a restart, a rebuild and a move to another node.
 *
 * @param version of the rules that make the form; those of all versions are kept
 * @param dateMillis of its Date
 * @param subject for a chat, "Chat with …"; null: the message's own
 * @param references ids of chats and Message-IDs of mails without angle brackets, oldest first, at
 *     most {@link #MAX_REFERENCES}; the last is In-Reply-To; those of the message's own header come
 *     first
 * @param edit number of the edit that gave it this text; null: none did
 */
@Proto
public record MailForm(
    int version,
    long dateMillis,
    @Nullable String subject,
    List<String> references,
    @Nullable Integer edit) {
  public static final int MAX_REFERENCES = 10;

  public MailForm {
    references = List.copyOf(references);
  }

  /** Of a message that says what it said when it was sent. */
  public static MailForm of(
      int version, long dateMillis, @Nullable String subject, List<String> references) {
    return new MailForm(version, dateMillis, subject, references, null);
  }

  /** The right side of the Message-ID of every chat; a name that no host can have (RFC 2606). */
  private static final String CHAT_HOST = "@chat.mainstem.invalid";

  /** The Message-ID of the chat with this id. */
  public static String chatId(String id) {
    return id.toLowerCase(Locale.ROOT) + CHAT_HOST;
  }

  /**
   * The Message-ID of the chat with this id since an edit: other bytes have another Message-ID (RFC
   * 5322 §3.6.4), or a program that knows the message by it goes on showing the old text.
   */
  public static String chatId(String id, @Nullable Integer edit) {
    return edit == null ? chatId(id) : id.toLowerCase(Locale.ROOT) + '.' + edit + CHAT_HOST;
  }

  /** The id of the chat with this Message-ID, edited or not; null when it is none of a chat. */
  public static @Nullable String chatOf(String messageId) {
    if (!messageId.endsWith(CHAT_HOST)) {
      return null;
    }
    int end = messageId.length() - CHAT_HOST.length();
    int dot = messageId.indexOf('.');
    return messageId.substring(0, Math.min(dot, end)).toUpperCase(Locale.ROOT);
  }

  /** A reference as a Message-ID. */
  public static String messageId(String reference) {
    return reference.indexOf('@') < 0 ? chatId(reference) : reference;
  }
}
