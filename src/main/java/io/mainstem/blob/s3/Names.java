package io.mainstem.blob.s3;

import io.mainstem.blob.BlobReference;
import io.mainstem.message.BlobKey;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The names of objects, as the package draws them. */
record Names(String prefix) {
  private static final int KEY_CHARACTERS = 22;
  static final String BYTES = "bytes";
  static final String CONDEMNED = "condemned/";
  static final String REFERENCE = "ref/";

  static BlobKey key(long cookie, long millis) {
    byte[] bytes = ByteBuffer.allocate(16).putLong(cookie).putLong(millis).array();
    return new BlobKey(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** Whether a key can be one of ours; what cannot be costs no request. */
  static boolean isKey(BlobKey key) {
    return isKey(key.value());
  }

  private static boolean isKey(String text) {
    return text.length() == KEY_CHARACTERS
        && text.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
  }

  /** When the blob was begun, by the clock of its node. */
  static Instant begun(BlobKey key) {
    return Instant.ofEpochMilli(
        ByteBuffer.wrap(Base64.getUrlDecoder().decode(key.value())).getLong(8));
  }

  String all(BlobKey key) {
    return prefix + key.value() + "/";
  }

  String bytes(BlobKey key) {
    return all(key) + BYTES;
  }

  String condemned(BlobKey key, String sweeper) {
    return all(key) + CONDEMNED + sweeper;
  }

  String reference(BlobKey key, BlobReference reference) {
    return all(key) + REFERENCE + reference.user().value() + "." + reference.generation();
  }

  String swept() {
    return prefix + "swept";
  }

  /** Takes a name apart; empty for an object that is none of a blob. */
  Optional<Part> part(String name) {
    int end = prefix.length() + KEY_CHARACTERS;
    if (!name.startsWith(prefix) || name.length() <= end + 1 || name.charAt(end) != '/') {
      return Optional.empty();
    }
    Kind kind = Kind.of(name.substring(end + 1));
    return kind == null || !isKey(name.substring(prefix.length(), end))
        ? Optional.empty()
        : Optional.of(new Part(new BlobKey(name.substring(prefix.length(), end)), kind));
  }

  /** An object of a blob. */
  record Part(BlobKey key, Kind kind) {}

  /** What an object is to its blob. */
  enum Kind {
    BYTES,
    CONDEMNED,
    REFERENCE;

    private static @Nullable Kind of(String rest) {
      if (rest.equals(Names.BYTES)) {
        return BYTES;
      }
      if (rest.startsWith(Names.CONDEMNED)) {
        return CONDEMNED;
      }
      return rest.startsWith(Names.REFERENCE) ? REFERENCE : null;
    }
  }
}
