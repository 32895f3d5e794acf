package io.mainstem.message;

import java.util.List;
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
 * @param references Message-IDs without angle brackets, oldest first, at most {@link
 *     #MAX_REFERENCES}; the last is In-Reply-To; empty: those of the message's own header
 */
@Proto
public record MailForm(
    int version, long dateMillis, @Nullable String subject, List<String> references) {
  public static final int MAX_REFERENCES = 10;

  public MailForm {
    references = List.copyOf(references);
  }
}
