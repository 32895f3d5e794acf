package io.mainstem.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A mail's MIME tree with the places of its bytes, as IMAP asks for it by part numbers (RFC 9051
 * §6.4.5.1).
 */
public final class MailStructure {
  private final Entity root;

  private MailStructure(Entity root) {
    this.root = root;
  }

  /** Bytes of the mail. */
  public record Extent(long offset, long sizeBytes) {}

  /** Reads all of a mail. Blocking. */
  public static MailStructure read(InputStream in, MimeLimits limits) throws IOException {
    return new MailStructure(MimeScanner.scan(in, limits));
  }

  public String bodyStructure() {
    return BodyStructure.render(root);
  }

  public String envelope() {
    return BodyStructure.envelopeOf(root);
  }

  /** The body of a part: of a message in the mail, the whole message; null when there is none. */
  public @Nullable Extent body(List<Integer> part) {
    Entity found = find(part);
    return found == null ? null : new Extent(found.bodyAt, found.bodyBytes());
  }

  /** How the body of a part is encoded, in lower case; null when there is no such part. */
  public @Nullable String encoding(List<Integer> part) {
    Entity found = find(part);
    if (found == null || found.isMultipart() || found.isMessage()) {
      return found == null ? null : "binary"; // RFC 2045 §6.4: these are never encoded
    }
    String named = found.field("content-transfer-encoding");
    return named == null ? "7bit" : Parameters.parse(named).value().toLowerCase(Locale.ROOT);
  }

  /** The MIME header of a part. */
  public @Nullable Extent mime(List<Integer> part) {
    Entity found = find(part);
    return found == null ? null : header(found);
  }

  /** The header of a message in the mail; of the mail itself without part numbers. */
  public @Nullable Extent header(List<Integer> part) {
    Entity message = message(part);
    return message == null ? null : header(message);
  }

  /** What follows that header. */
  public @Nullable Extent text(List<Integer> part) {
    Entity message = message(part);
    return message == null ? null : new Extent(message.bodyAt, message.bodyBytes());
  }

  private static Extent header(Entity entity) {
    return new Extent(entity.headerAt, entity.bodyAt - entity.headerAt);
  }

  private @Nullable Entity message(List<Integer> part) {
    if (part.isEmpty()) {
      return root;
    }
    Entity found = find(part);
    return found != null && found.isMessage() && !found.children.isEmpty()
        ? found.children.get(0)
        : null;
  }

  private @Nullable Entity find(List<Integer> part) {
    Entity container = root;
    Entity at = root;
    for (int number : part) {
      if (container == null) {
        return null;
      }
      boolean multipart = container.isMultipart();
      if (number > (multipart ? container.children.size() : 1)) {
        return null;
      }
      at = multipart ? container.children.get(number - 1) : container;
      boolean message = at.isMessage() && !at.children.isEmpty();
      container = message ? at.children.get(0) : at.isMultipart() ? at : null;
    }
    return at;
  }
}
