package io.mainstem.mime;

import io.mainstem.message.Attachment;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Message;
import io.mainstem.message.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the leaves of a mail: the text to read, the HTML to show, and everything else as
 * attachments (RFC 2046 §5.1).
 */
final class Content {
  private final Raw raw;
  private final MimeLimits limits;
  private final List<Attachment> attachments = new ArrayList<>();
  private final StringBuilder more = new StringBuilder();
  private @Nullable Entity plain;
  private @Nullable Entity html;

  Content(Raw raw, MimeLimits limits) {
    this.raw = raw;
    this.limits = limits;
  }

  void collect(Entity entity) throws IOException {
    collect(entity, false);
  }

  private void collect(Entity entity, boolean alternative) throws IOException {
    if (entity.isMultipart()) {
      boolean among = entity.type.value().equals("multipart/alternative");
      for (Entity child : entity.children) {
        collect(child, among || alternative && !entity.type.value().equals("multipart/mixed"));
      }
      return;
    }
    boolean readable = !entity.isAttachment() && entity.fileName() == null;
    if (readable && entity.type.value().equals("text/plain")) {
      if (plain == null) {
        plain = entity;
        return;
      }
      if (!alternative && more.length() < Message.TEXT_INLINE_BYTES) {
        more.append("\n\n").append(textOf(entity)); // a list's footer, or text between attachments
        return;
      }
    }
    if (readable && html == null && entity.type.value().equals("text/html")) {
      html = entity;
      return;
    }
    attach(entity);
  }

  /** The beginning of the text, as much as a message carries itself. */
  String text() throws IOException {
    String known = shown;
    if (known == null) {
      known = PlainText.within(wholeText(), Message.TEXT_INLINE_BYTES);
      shown = known;
    }
    return known;
  }

  /**
   * The part that holds the whole text, when that is longer; an HTML part for a mail that has no
   * other text.
   */
  @Nullable Part longText() throws IOException {
    Entity source = plain != null && !isBlank(plain) ? plain : html;
    return source == null || text().length() == wholeText().length() ? null : part(source);
  }

  @Nullable Part html() {
    return html == null ? null : part(html);
  }

  List<Attachment> attachments() {
    return attachments;
  }

  private @Nullable String whole;
  private @Nullable String plainText;
  private @Nullable String shown;

  private String wholeText() throws IOException {
    if (whole == null) {
      Entity text = plain;
      Entity page = html;
      if (text != null && (page == null || !isBlank(text))) {
        whole = PlainText.tidy(more.isEmpty() ? plainText(text) : plainText(text) + more);
      } else if (page != null) {
        whole = PlainText.ofHtml(textOf(page)) + more;
      } else {
        whole = "";
      }
    }
    return whole;
  }

  private boolean isBlank(Entity text) throws IOException {
    return text.bodyBytes() < 2_000 && plainText(text).isBlank();
  }

  /** Looked at more than once: to see whether it is blank, and to show it. */
  private String plainText(Entity text) throws IOException {
    String known = plainText;
    if (known == null) {
      known = textOf(text);
      plainText = known;
    }
    return known;
  }

  private String textOf(Entity entity) throws IOException {
    String text = Parts.text(raw, part(entity), limits.maxTextBytes()).replace("\r\n", "\n");
    boolean flowed =
        "flowed".equalsIgnoreCase(entity.type.get("format"))
            && entity.type.value().equals("text/plain");
    return flowed ? PlainText.unflow(text, "yes".equalsIgnoreCase(entity.type.get("delsp"))) : text;
  }

  private void attach(Entity entity) throws IOException {
    String id = String.valueOf(attachments.size() + 1);
    String contentId = entity.contentId();
    boolean inline =
        contentId != null && !entity.isAttachment() || entity.disposition.value().equals("inline");
    long sizeBytes = Parts.decodedBytes(raw, entity.bodyAt, entity.bodyBytes(), entity.encoding);
    attachments.add(
        new Attachment(id, name(entity, id), sizeBytes, part(entity), contentId, inline));
  }

  private Part part(Entity entity) {
    BlobRange range = new BlobRange(raw.key(), entity.bodyAt, entity.bodyBytes());
    boolean odd = entity.type.value().startsWith("multipart/"); // nested too deep, or without parts
    return new Part(
        range,
        odd ? "application/octet-stream" : entity.type.value(),
        entity.encoding,
        entity.type.get("charset"));
  }

  /** The declared name without any folder, or one made of the type. */
  private static String name(Entity entity, String id) {
    String declared = entity.fileName();
    if (declared != null) {
      String bare =
          declared
              .substring(Math.max(declared.lastIndexOf('/'), declared.lastIndexOf('\\')) + 1)
              .strip();
      if (!bare.isEmpty() && !bare.chars().allMatch(c -> c == '.')) {
        return bare.length() > 200 ? bare.substring(bare.length() - 200) : bare;
      }
    }
    if (entity.isMessage() && !entity.children.isEmpty()) {
      String subject =
          Words.decode(entity.children.get(0).field("subject", ""))
              .replaceAll("[\\\\/:*?\"<>|]", " ")
              .strip();
      return (subject.isEmpty() ? "message" : subject.substring(0, Math.min(80, subject.length())))
          + ".eml";
    }
    String type = entity.type.value().toLowerCase(Locale.ROOT);
    String subtype = type.substring(type.indexOf('/') + 1);
    return switch (subtype) {
      case "plain" -> "part-" + id + ".txt";
      case "calendar" -> "invite.ics";
      case "pgp-signature" -> "signature.asc";
      case "jpeg" -> "picture-" + id + ".jpg";
      default -> "part-" + id + (subtype.matches("[a-z0-9]{1,5}") ? "." + subtype : ".bin");
    };
  }
}
