package io.mainstem.mime;

import io.mainstem.message.Attachment;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Message;
import io.mainstem.message.Part;
import io.mainstem.message.Person;
import java.io.IOException;
import java.io.InputStream;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes a light message of a raw mail: fields, the text to show, and where everything longer lies.
 * Blocking (it reads the mail); fails only if the mail cannot be read.
 */
public final class MailParser {
  private static final int MAX_SUBJECT = 2_000;
  private static final int MAX_REFERENCES = 200;

  private final MimeLimits limits;

  public MailParser(MimeLimits limits) {
    this.limits = limits;
  }

  /**
   * @param reversePath of the envelope: empty for the null reverse-path (RFC 5321 §4.5.5), null
   *     when there was no envelope. Whom the mail is from, when its header does not say.
   */
  public Message parse(Raw raw, @Nullable String reversePath) throws IOException {
    Entity root;
    try (InputStream in = raw.open(0, Long.MAX_VALUE)) {
      int known = raw.inMemoryBytes();
      root = known < 0 ? MimeScanner.scan(in, limits) : MimeScanner.scan(in, known, limits);
    }
    try {
      return message(raw, root, reversePath);
    } catch (RuntimeException | StackOverflowError notUnderstood) {
      return unreadable(raw, root.bodyEnd, reversePath);
    }
  }

  private Message message(Raw raw, Entity root, @Nullable String reversePath) throws IOException {
    Content content = new Content(raw, limits);
    content.collect(root);
    Headers headers = headers(root, reversePath);
    return new Message(
        Channel.MAIL,
        from(root, headers, reversePath),
        Addresses.parse(joined(root, "to"), limits.maxAddresses()),
        Addresses.parse(joined(root, "cc"), limits.maxAddresses()),
        bounded(Words.decode(root.field("subject", "")), MAX_SUBJECT),
        content.text(),
        content.longText(),
        content.html(),
        content.attachments(),
        raw.key(),
        root.bodyEnd,
        headers);
  }

  private Headers headers(Entity root, @Nullable String reversePath) {
    OffsetDateTime date = root.field("date") == null ? null : Dates.parse(root.field("date", ""));
    List<String> references = MessageIds.all(root.field("references"));
    List<String> answered = MessageIds.all(root.field("in-reply-to"));
    List<Person> sender = Addresses.parse(root.field("sender"), 1);
    String structure = BodyStructure.render(root);
    String envelope = BodyStructure.envelopeOf(root);
    return new Headers(
        MessageIds.first(root.field("message-id")),
        answered.isEmpty() ? null : answered.get(0),
        references.size() > MAX_REFERENCES
            ? references.subList(references.size() - MAX_REFERENCES, references.size())
            : references,
        sender.isEmpty() ? null : sender.get(0),
        Addresses.parse(joined(root, "reply-to"), limits.maxAddresses()),
        Addresses.parse(joined(root, "bcc"), limits.maxAddresses()),
        date == null ? null : date.toInstant().toEpochMilli(),
        listId(root.field("list-id")),
        root.field("list-unsubscribe"),
        isMachine(root, reversePath),
        structure.length() > limits.maxStructureChars() ? null : structure,
        envelope.length() > limits.maxStructureChars() ? null : envelope,
        null);
  }

  /** RFC 3834 §2, and older habits of programs that send. */
  private static boolean isMachine(Entity root, @Nullable String reversePath) {
    String automatic = root.field("auto-submitted", "no").strip().toLowerCase(Locale.ROOT);
    String precedence = root.field("precedence", "").strip().toLowerCase(Locale.ROOT);
    return !automatic.startsWith("no") && !automatic.isEmpty()
        || precedence.equals("bulk")
        || precedence.equals("list")
        || precedence.equals("junk")
        || root.field("list-unsubscribe") != null
        || reversePath != null && reversePath.isEmpty();
  }

  private Person from(Entity root, Headers headers, @Nullable String reversePath) {
    List<Person> from = Addresses.parse(joined(root, "from"), 1);
    if (!from.isEmpty()) {
      return from.get(0);
    }
    if (headers.sender() != null) {
      return headers.sender();
    }
    String shown = Words.decode(root.field("from", ""));
    return unknown(reversePath, shown.isEmpty() ? null : bounded(shown, 200));
  }

  private static Person unknown(@Nullable String reversePath, @Nullable String name) {
    boolean named = reversePath != null && reversePath.indexOf('@') > 0;
    return new Person(named ? String.valueOf(reversePath) : "unknown@invalid", name, null);
  }

  /** A list's id without its description (RFC 2919 §2), in lower case. */
  private static @Nullable String listId(@Nullable String field) {
    if (field == null || field.isBlank()) {
      return null;
    }
    int open = field.lastIndexOf('<');
    int close = field.indexOf('>', open + 1);
    String id = open >= 0 && close > open ? field.substring(open + 1, close) : field;
    return bounded(id.strip().toLowerCase(Locale.ROOT), 255);
  }

  /** All fields of this name: some programs repeat one that may stand once. */
  private static @Nullable String joined(Entity root, String name) {
    List<String> bodies = new ArrayList<>();
    for (Field field : root.fields) {
      if (field.name().equals(name)) {
        bodies.add(field.body());
      }
    }
    return bodies.isEmpty() ? null : String.join(", ", bodies);
  }

  /** Mail that is not understood is delivered all the same: as its raw text. */
  private Message unreadable(Raw raw, long sizeBytes, @Nullable String reversePath)
      throws IOException {
    Part whole = new Part(new BlobRange(raw.key(), 0, sizeBytes), "text/plain", "8bit", null);
    String text = PlainText.tidy(Parts.text(raw, whole, limits.maxTextBytes()));
    return new Message(
        Channel.MAIL,
        unknown(reversePath, null),
        List.of(),
        List.of(),
        "",
        PlainText.within(text, Message.TEXT_INLINE_BYTES),
        whole,
        null,
        List.<Attachment>of(),
        raw.key(),
        sizeBytes,
        Headers.NONE);
  }

  private static String bounded(String text, int max) {
    return text.length() <= max
        ? text
        : text.substring(0, Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max);
  }
}
