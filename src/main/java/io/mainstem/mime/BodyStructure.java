package io.mainstem.mime;

import io.mainstem.message.Person;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Renders a MIME tree as IMAP's BODYSTRUCTURE (RFC 9051 §7.5.2, grammar in §9), so that IMAP need
 * not parse the mail again.
 */
final class BodyStructure {
  private static final int MAX_ADDRESSES = 100;

  private final StringBuilder out = new StringBuilder();

  private BodyStructure() {}

  static String render(Entity root) {
    BodyStructure structure = new BodyStructure();
    structure.body(root);
    return structure.out.toString();
  }

  /** The mail's own ENVELOPE. */
  static String envelopeOf(Entity root) {
    BodyStructure structure = new BodyStructure();
    structure.envelope(root);
    return structure.out.toString();
  }

  private void body(Entity entity) {
    out.append('(');
    if (entity.isMultipart()) {
      entity.children.forEach(this::body);
      out.append(' ');
      string(sub(entity).substring(1));
      out.append(' ');
      parameters(entity.type.parameters());
    } else {
      leaf(entity);
    }
    extension(entity);
    out.append(')');
  }

  private void leaf(Entity entity) {
    String type = entity.type.value();
    boolean childless = type.startsWith("multipart/");
    string(childless ? "application" : type.substring(0, type.indexOf('/')));
    out.append(' ');
    string(childless ? "octet-stream" : sub(entity).substring(1));
    out.append(' ');
    parameters(entity.type.parameters());
    out.append(' ');
    nstring(entity.field("content-id"));
    out.append(' ');
    nstring(entity.field("content-description"));
    out.append(' ');
    string(entity.encoding);
    out.append(' ').append(entity.bodyBytes());
    if (entity.isMessage() && !entity.children.isEmpty()) {
      Entity inner = entity.children.get(0);
      out.append(' ');
      envelope(inner);
      out.append(' ');
      body(inner);
      out.append(' ').append(entity.lines);
    } else if (type.startsWith("text/")) {
      out.append(' ').append(entity.lines);
    }
    out.append(' ');
    nstring(entity.field("content-md5"));
  }

  private void extension(Entity entity) {
    out.append(' ');
    if (entity.disposition.value().isEmpty()) {
      out.append("NIL");
    } else {
      out.append('(');
      string(entity.disposition.value());
      out.append(' ');
      parameters(entity.disposition.parameters());
      out.append(')');
    }
    out.append(' ');
    nstring(entity.field("content-language"));
    out.append(' ');
    nstring(entity.field("content-location"));
  }

  /** RFC 9051 §7.5.2 ENVELOPE; Sender and Reply-To default to From. */
  private void envelope(Entity message) {
    out.append('(');
    raw(message.field("date"));
    out.append(' ');
    raw(message.field("subject"));
    List<Person> from = Addresses.parse(message.field("from"), MAX_ADDRESSES);
    for (String name : List.of("from", "sender", "reply-to", "to", "cc", "bcc")) {
      List<Person> people =
          name.equals("from") ? from : Addresses.parse(message.field(name), MAX_ADDRESSES);
      boolean defaulted = people.isEmpty() && (name.equals("sender") || name.equals("reply-to"));
      out.append(' ');
      addresses(defaulted ? from : people);
    }
    out.append(' ');
    raw(message.field("in-reply-to"));
    out.append(' ');
    raw(message.field("message-id"));
    out.append(')');
  }

  /** A field's body as the mail has it: encoded words in it stay what they are. */
  private void raw(@Nullable String body) {
    if (body == null) {
      out.append("NIL");
    } else if (isPrintable(body)) {
      quoted(body);
    } else {
      string(body);
    }
  }

  private static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < 32 || text.charAt(i) > 126) {
        return false;
      }
    }
    return true;
  }

  private void addresses(List<Person> people) {
    if (people.isEmpty()) {
      out.append("NIL");
      return;
    }
    out.append('(');
    for (Person person : people) {
      int at = person.address().lastIndexOf('@');
      out.append('(');
      nstring(person.name());
      out.append(" NIL ");
      string(person.address().substring(0, at));
      out.append(' ');
      string(person.address().substring(at + 1));
      out.append(')');
    }
    out.append(')');
  }

  private void parameters(Map<String, String> parameters) {
    if (parameters.isEmpty()) {
      out.append("NIL");
      return;
    }
    String before = "(";
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      out.append(before);
      string(parameter.getKey());
      out.append(' ');
      string(parameter.getValue());
      before = " ";
    }
    out.append(')');
  }

  private void nstring(@Nullable String text) {
    if (text == null) {
      out.append("NIL");
    } else {
      string(text);
    }
  }

  /** A quoted string; what is not ASCII becomes encoded words, as it would have had to be. */
  private void string(String text) {
    quoted(EncodedWords.encode(text));
  }

  private void quoted(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c < 32 || c > 126 ? ' ' : c);
    }
    out.append('"');
  }

  private static String sub(Entity entity) {
    String type = entity.type.value().toLowerCase(Locale.ROOT);
    return type.substring(type.indexOf('/'));
  }
}
