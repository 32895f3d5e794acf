package io.mainstem.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of a mail's MIME tree as the scanner found it: a message, a multipart or a leaf (RFC 2045
 * §2.4). Built once, then read.
 */
final class Entity {
  /** Where the header begins, where the body begins and ends, in bytes of the raw mail. */
  final long headerAt;

  long bodyAt;
  long bodyEnd;

  /** Lines of the body, as BODYSTRUCTURE counts them. */
  long lines;

  final List<Field> fields = new ArrayList<>();
  final List<Entity> children = new ArrayList<>();
  Parameters type = Parameters.TEXT_PLAIN;
  String encoding = "7bit";
  Parameters disposition = Parameters.NONE;

  Entity(long headerAt) {
    this.headerAt = headerAt;
    this.bodyAt = headerAt;
    this.bodyEnd = headerAt;
  }

  /** The first field of this name, unfolded, not decoded. */
  @Nullable String field(String name) {
    for (Field field : fields) {
      if (field.name().equals(name)) {
        return field.body();
      }
    }
    return null;
  }

  String field(String name, String otherwise) {
    String found = field(name);
    return found == null ? otherwise : found;
  }

  /**
   * Understands the header. {@code inDigest}: the default type of a part of multipart/digest (RFC
   * 2046 §5.1.5).
   */
  void onHeaderEnd(long at, boolean inDigest) {
    bodyAt = at;
    bodyEnd = at;
    String declared = field("content-type");
    type = declared == null ? Parameters.NONE : Parameters.parse(declared);
    if (type.value().indexOf('/') <= 0 || type.value().endsWith("/")) {
      type =
          inDigest
              ? new Parameters("message/rfc822", Map.of())
              : Parameters.TEXT_PLAIN; // RFC 2045 §5.2
    }
    disposition = Parameters.parse(field("content-disposition", ""));
    String named = Parameters.parse(field("content-transfer-encoding", "7bit")).value();
    encoding =
        switch (named) {
          case "base64", "quoted-printable", "8bit", "binary", "7bit" -> named;
          default -> "7bit";
        };
  }

  boolean isMultipart() {
    return type.value().startsWith("multipart/") && !children.isEmpty();
  }

  boolean isMessage() {
    return type.value().equals("message/rfc822") || type.value().equals("message/global");
  }

  boolean isEncoded() {
    return encoding.equals("base64") || encoding.equals("quoted-printable");
  }

  long bodyBytes() {
    return bodyEnd - bodyAt;
  }

  /** The file name that the part declares (RFC 2183 §2.3, else the older name of Content-Type). */
  @Nullable String fileName() {
    String name = disposition.get("filename");
    return name != null ? name : type.get("name");
  }

  /** Without angle brackets (RFC 2392). */
  @Nullable String contentId() {
    String id = field("content-id");
    if (id == null) {
      return null;
    }
    int open = id.indexOf('<');
    int close = id.lastIndexOf('>');
    String bare = open >= 0 && close > open ? id.substring(open + 1, close) : id;
    return bare.isBlank() ? null : bare.strip();
  }

  boolean isAttachment() {
    return disposition.value().toLowerCase(Locale.ROOT).equals("attachment");
  }
}
