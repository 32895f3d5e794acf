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

  private final List<Segment> segments = new ArrayList<>(2);
  private final StringBuilder text = new StringBuilder(1024);

  /** Whether only the size is asked for, so that no text need become bytes. */
  private final boolean counting;

  private MailComposer(boolean counting) {
    this.counting = counting;
  }

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
    List<Segment> all = List.copyOf(of(message, id, form, blobs, false).segments);
    return new Composed(
        sizeOf(all),
        () ->
            new SequenceInputStream(
                Collections.enumeration(
                    all.stream().<InputStream>map(s -> new LazyInput(s.bytes)).toList())));
  }

  /** How many bytes the form has; reads nothing. */
  public static long sizeBytes(Message message, MessageId id, MailForm form) {
    return sizeOf(of(message, id, form, range -> InputStream.nullInputStream(), true).segments);
  }

  private static MailComposer of(
      Message message,
      MessageId id,
      MailForm form,
      Function<BlobRange, InputStream> blobs,
      boolean counting) {
    if (form.version() != VERSION) {
      throw new IllegalArgumentException("no form of version " + form.version() + " is known");
    }
    var mail = new MailComposer(counting);
    mail.header(message, id, form);
    mail.body(message, id, blobs);
    mail.endSegment();
    return mail;
  }

  private static long sizeOf(List<Segment> segments) {
    long sizeBytes = 0;
    for (Segment segment : segments) {
      sizeBytes += segment.sizeBytes();
    }
    return sizeBytes;
  }

  /**
   * The Message-ID of a message that was written here, without angle brackets. That of a chat is
   * made of its id and its last edit; a reference to it, of its id alone, so that it needs no more
   * and stays true.
   */
  public static String messageId(Message message, MessageId id, MailForm form) {
    String own = message.headers().messageId();
    if (own != null) {
      return own;
    }
    if (message.channel() != Channel.MAIL) {
      return MailForm.chatId(id.value(), form.edit());
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
    field("Message-ID", "<" + messageId(message, id, form) + ">");
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
      references = new ArrayList<>(form.references());
      references.replaceAll(MailForm::messageId);
      answered = references.get(references.size() - 1);
    }
    if (answered != null) {
      field("In-Reply-To", "<" + answered + ">");
    }
    if (!references.isEmpty()) {
      var all = new StringBuilder(references.size() * 52);
      for (String each : references) {
        all.append(all.isEmpty() ? "<" : " <").append(each).append('>');
      }
      field("References", all.toString());
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

  private static boolean isAscii(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 128) {
        return false;
      }
    }
    return true;
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
    boolean ascii = EncodedWords.isPlain(name);
    boolean atoms = ascii && ATOMS.matcher(name).matches();
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
    String words = clean(value);
    int begin = name.length() + 1;
    int column = begin;
    text.append(name).append(':');
    for (int from = 0, to; from <= words.length(); from = to + 1) {
      int space = words.indexOf(' ', from);
      to = space < 0 ? words.length() : space;
      if (column + 1 + to - from > MAX_LINE && column > begin) {
        text.append("\r\n");
        column = 0;
      }
      text.append(' ').append(words, from, to);
      column += 1 + to - from;
    }
    line("");
  }

  /** Each run of control characters becomes a space. */
  private static String clean(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < ' ' || value.charAt(i) == 0x7f) {
        return CONTROLS.matcher(value).replaceAll(" ");
      }
    }
    return value;
  }

  private void line(String line) {
    text.append(line).append("\r\n");
  }

  private void endSegment() {
    if (text.isEmpty()) {
      return;
    }
    if (counting) {
      segments.add(new Segment(utf8Length(), InputStream::nullInputStream));
    } else {
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      segments.add(new Segment(bytes.length, () -> new ByteArrayInputStream(bytes)));
    }
    text.setLength(0);
  }

  private int utf8Length() {
    return isAscii(text) ? text.length() : text.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
