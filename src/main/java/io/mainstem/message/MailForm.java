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
 */
@Proto
public record MailForm(
    int version, long dateMillis, @Nullable String subject, List<String> references) {
  public static final int MAX_REFERENCES = 10;

  public MailForm {
    references = List.copyOf(references);
  }

  /** The right side of the Message-ID of every chat; a name that no host can have (RFC 2606). */
  private static final String CHAT_HOST = "@chat.mainstem.invalid";

  /** The Message-ID of the chat with this id. */
  public static String chatId(String id) {
    return id.toLowerCase(Locale.ROOT) + CHAT_HOST;
  }

  /** The id of the chat with this Message-ID; null when it is none of a chat. */
  public static @Nullable String chatOf(String messageId) {
    return messageId.endsWith(CHAT_HOST)
        ? messageId.substring(0, messageId.length() - CHAT_HOST.length()).toUpperCase(Locale.ROOT)
        : null;
  }

  /** A reference as a Message-ID. */
  public static String messageId(String reference) {
    return reference.indexOf('@') < 0 ? chatId(reference) : reference;
  }
}
