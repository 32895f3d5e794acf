package io.mainstem.mime;

import io.mainstem.message.Attachment;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The RFC 5322 form of a message that was written here: a mail from the web inbox, or a chat as
 * mail programs see it. A pure function of its arguments and of {@link #VERSION}: the same message
 * always gives the same bytes, and its size is known without reading any attachment. Once released,
 * a version is never changed; a better one gets the next number.
 */
public final class MailComposer {
  public static final int VERSION = 1;
  private static final int MAX_LINE = 76;

  private final List<Segment> segments = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  private MailComposer() {}

  /** A stretch of the mail, whose bytes may be elsewhere until they are read. */
  private record Segment(long sizeBytes, Supplier<InputStream> bytes) {}

  /** A mail ready to be read, and read again. */
  public record Composed(long sizeBytes, Supplier<InputStream> bytes) {
    /** Blocking if the mail has attachments. */
    public InputStream open() {
      return bytes.get();
    }
  }

  /**
   * @param host the right side of the Message-ID, when the message's header has none
   * @param date what its Date says, when its header has none
   * @param blobs opens a range of a blob; asked only while the mail is read
   */
  public static Composed compose(
      Message message,
      MessageId id,
      Instant date,
      String host,
      Function<BlobRange, InputStream> blobs) {
    MailComposer mail = new MailComposer();
    mail.header(message, id, date, host);
    mail.body(message, id, blobs);
    mail.endSegment();
    List<Segment> all = List.copyOf(mail.segments);
    long sizeBytes = all.stream().mapToLong(Segment::sizeBytes).sum();
    return new Composed(
        sizeBytes,
        () ->
            new SequenceInputStream(
                Collections.enumeration(
                    all.stream().<InputStream>map(s -> new LazyInput(s.bytes)).toList())));
  }

  /** The Message-ID of a message that was written here, without angle brackets. */
  public static String messageId(MessageId id, String host) {
    return id.value().toLowerCase(Locale.ROOT) + "@" + host;
  }

  private void header(Message message, MessageId id, Instant date, String host) {
    Long told = message.headers().dateMillis();
    field("Date", Dates.format(told == null ? date : Instant.ofEpochMilli(told), ZoneOffset.UTC));
    people("From", List.of(message.from()));
    people("Reply-To", message.headers().replyTo());
    people("To", message.to());
    people("Cc", message.cc());
    if (!message.subject().isEmpty()) {
      field("Subject", EncodedWords.encode(clean(message.subject())));
    }
    String own = message.headers().messageId();
    field("Message-ID", "<" + (own == null ? messageId(id, host) : own) + ">");
    if (message.headers().inReplyTo() != null) {
      field("In-Reply-To", "<" + message.headers().inReplyTo() + ">");
    }
    if (!message.headers().references().isEmpty()) {
      field("References", "<" + String.join("> <", message.headers().references()) + ">");
    }
    if (message.to().isEmpty() && message.cc().isEmpty()) {
      field("To", "undisclosed-recipients:;"); // RFC 5322 §3.4
    }
    field("MIME-Version", "1.0");
  }

  private void body(Message message, MessageId id, Function<BlobRange, InputStream> blobs) {
    if (message.attachments().isEmpty()) {
      plain(message, blobs);
      return;
    }
    String boundary =
        "=_"
            + id.value()
                .toLowerCase(Locale.ROOT); // "=_" occurs in no quoted-printable and no base64 line
    field("Content-Type", "multipart/mixed; boundary=\"" + boundary + "\"");
    line("");
    line("--" + boundary);
    plain(message, blobs);
    for (Attachment attachment : message.attachments()) {
      line("");
      line("--" + boundary);
      attached(attachment, blobs);
    }
    line("");
    line("--" + boundary + "--");
  }

  private void plain(Message message, Function<BlobRange, InputStream> blobs) {
    field("Content-Type", "text/plain; charset=utf-8");
    if (message.longText() == null) {
      field("Content-Transfer-Encoding", "quoted-printable");
      line("");
      text.append(QuotedPrintable.encode(message.text()));
    } else {
      BlobRange range =
          message
              .longText()
              .range(); // a text that was written here lies in its blob as it is, in UTF-8
      field("Content-Transfer-Encoding", "base64");
      line("");
      endSegment();
      segments.add(
          new Segment(
              Base64Lines.encodedBytes(range.sizeBytes()),
              () -> new Base64Lines(blobs.apply(range))));
    }
  }

  private void attached(Attachment attachment, Function<BlobRange, InputStream> blobs) {
    String type =
        attachment.type().matches("[a-z0-9.+-]+/[a-z0-9.+-]+")
            ? attachment.type()
            : "application/octet-stream";
    boolean composite =
        type.startsWith("multipart/")
            || type.startsWith("message/"); // these must not be base64 (RFC 2046 §5)
    field("Content-Type", composite ? "application/octet-stream" : type);
    field(
        "Content-Disposition",
        (attachment.inline() ? "inline" : "attachment") + fileName(attachment.name()));
    if (attachment.contentId() != null) {
      field("Content-ID", "<" + attachment.contentId() + ">");
    }
    field("Content-Transfer-Encoding", "base64");
    line("");
    endSegment();
    BlobRange range = attachment.part().range();
    String encoding = attachment.part().encoding();
    segments.add(
        new Segment(
            Base64Lines.encodedBytes(attachment.sizeBytes()),
            () -> new Base64Lines(Parts.decode(blobs.apply(range), encoding))));
  }

  /** RFC 2183 with RFC 2231 for what is not plain ASCII. */
  private static String fileName(String name) {
    StringBuilder plain = new StringBuilder();
    boolean simple = true;
    StringBuilder percent = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xff;
      boolean unreserved =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || "._-".indexOf(c) >= 0;
      simple &= unreserved || c == ' ' || "()+,=[]".indexOf(c) >= 0;
      plain.append((char) c);
      percent.append(unreserved ? Character.toString(c) : String.format(Locale.ROOT, "%%%02X", c));
    }
    return simple ? "; filename=\"" + plain + "\"" : "; filename*=utf-8''" + percent;
  }

  private void people(String name, List<Person> people) {
    if (!people.isEmpty()) {
      List<String> shown = new ArrayList<>();
      for (Person person : people) {
        shown.add(person(person));
      }
      field(name, String.join(", ", shown));
    }
  }

  private static String person(Person person) {
    String address = clean(person.address());
    @Nullable String name = person.name();
    if (name == null || name.isBlank()) {
      return address;
    }
    boolean atoms = name.matches("[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+") && !name.contains("=?");
    boolean ascii = name.chars().allMatch(c -> c >= 32 && c < 127) && !name.contains("=?");
    String phrase =
        atoms
            ? name.strip()
            : ascii
                ? "\"" + name.replaceAll("([\"\\\\])", "\\\\$1") + "\""
                : EncodedWords.encode(name);
    return phrase + " <" + address + ">";
  }

  /**
   * A header field, folded at its spaces (RFC 5322 §2.2.3). No line break of a value gets out of
   * it.
   */
  private void field(String name, String value) {
    StringBuilder line = new StringBuilder(name).append(':');
    int column = line.length();
    for (String word : clean(value).split(" ", -1)) {
      if (column + 1 + word.length() > MAX_LINE && column > name.length() + 1) {
        line.append("\r\n");
        column = 0;
      }
      line.append(' ').append(word);
      column += 1 + word.length();
    }
    line(line.toString());
  }

  private static String clean(String value) {
    return value.replaceAll("[\\x00-\\x1f\\x7f]+", " ");
  }

  private void line(String line) {
    text.append(line).append("\r\n");
  }

  private void endSegment() {
    if (!text.isEmpty()) {
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      text.setLength(0);
      segments.add(new Segment(bytes.length, () -> new ByteArrayInputStream(bytes)));
    }
  }
}
