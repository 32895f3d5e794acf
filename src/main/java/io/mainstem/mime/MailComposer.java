package io.mainstem.mime;

import io.mainstem.message.Attachment;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Channel;
import io.mainstem.message.MailForm;
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
import java.util.regex.Pattern;
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
  private static final Pattern ATOMS = Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+");
  private static final Pattern CONTROLS = Pattern.compile("[\\x00-\\x1f\\x7f]+");

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
   * @param form what was decided about it when the message came
   * @param blobs opens a range of a blob; asked only while the mail is read
   */
  public static Composed compose(
      Message message, MessageId id, MailForm form, Function<BlobRange, InputStream> blobs) {
    if (form.version() != VERSION) {
      throw new IllegalArgumentException("no form of version " + form.version() + " is known");
    }
    MailComposer mail = new MailComposer();
    mail.header(message, id, form);
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

  /** How many bytes the form has; reads nothing. */
  public static long sizeBytes(Message message, MessageId id, MailForm form) {
    return compose(message, id, form, range -> InputStream.nullInputStream()).sizeBytes();
  }

  /**
   * The Message-ID of a message that was written here, without angle brackets. That of a chat is
   * made of its id alone, so that a reference to it needs no more.
   */
  public static String messageId(Message message, MessageId id) {
    String own = message.headers().messageId();
    if (own != null) {
      return own;
    }
    if (message.channel() != Channel.MAIL) {
      return MailForm.chatId(id.value());
    }
    String from = message.from().address();
    return id.value().toLowerCase(Locale.ROOT) + "@" + from.substring(from.lastIndexOf('@') + 1);
  }

  private void header(Message message, MessageId id, MailForm form) {
    Long told = message.headers().dateMillis();
    Instant date = Instant.ofEpochMilli(told == null ? form.dateMillis() : told);
    field("Date", Dates.format(date, ZoneOffset.UTC));
    people("From", List.of(message.from()));
    people("Reply-To", message.headers().replyTo());
    people("To", message.to());
    people("Cc", message.cc());
    String subject = form.subject() == null ? message.subject() : form.subject();
    if (!subject.isEmpty()) {
      field("Subject", EncodedWords.encode(clean(subject)));
    }
    field("Message-ID", "<" + messageId(message, id) + ">");
    references(message, form);
    if (message.to().isEmpty() && message.cc().isEmpty()) {
      field("To", "undisclosed-recipients:;"); // RFC 5322 §3.4
    }
    field("MIME-Version", "1.0");
  }

  /** What the message's own header says, else what was decided when it came (RFC 5322 §3.6.4). */
  private void references(Message message, MailForm form) {
    List<String> references = message.headers().references();
    @Nullable String answered = message.headers().inReplyTo();
    if (answered == null && references.isEmpty() && !form.references().isEmpty()) {
      references = form.references().stream().map(MailForm::messageId).toList();
      answered = references.get(references.size() - 1);
    }
    if (answered != null) {
      field("In-Reply-To", "<" + answered + ">");
    }
    if (!references.isEmpty()) {
      field("References", "<" + String.join("> <", references) + ">");
    }
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
    @Nullable String flowed = flowed(message);
    if (flowed != null && !isAscii(flowed)) {
      field("Content-Transfer-Encoding", "8bit"); // as its first part has (RFC 2045 §6.4)
    }
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
    @Nullable String flowed = flowed(message);
    if (flowed != null) {
      field("Content-Type", "text/plain; charset=utf-8; format=flowed");
      field("Content-Transfer-Encoding", isAscii(flowed) ? "7bit" : "8bit");
      line("");
      text.append(flowed);
      return;
    }
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

  /** The text of a chat, whose lines a reader may join; null when it has to be encoded. */
  private static @Nullable String flowed(Message message) {
    return message.channel() == Channel.MAIL || message.longText() != null
        ? null
        : FlowedText.render(message.text());
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
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
    boolean atoms = ATOMS.matcher(name).matches() && !name.contains("=?");
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
    return CONTROLS.matcher(value).replaceAll(" ");
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
