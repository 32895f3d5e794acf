package io.mainstem.app.archive;

import java.io.IOException;
import java.io.InputStream;
import java.time.OffsetDateTime;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One message of an archive.
 *
 * @param place what a person finds it by
 * @param unreadable why it cannot be read, else null
 * @param received when it came; null when nothing tells
 * @param flags as IMAP names them
 * @param content its RFC 5322 bytes; may be opened once
 */
public record ArchivedMail(
    String place,
    @Nullable String unreadable,
    @Nullable OffsetDateTime received,
    Set<String> flags,
    Content content) {
  /** Opens what may have to be fetched first. */
  @FunctionalInterface
  public interface Content {
    InputStream open() throws IOException;
  }

  static ArchivedMail unreadable(String place, String why) {
    return new ArchivedMail(place, why, null, Set.of(), InputStream::nullInputStream);
  }
}
