package io.mainstem.blob;

import io.mainstem.message.BlobKey;
import java.nio.ByteBuffer;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The key of a blob in needle volumes: id and cookie, as 22 characters of base64url. */
record NeedleKey(long id, long cookie) {
  private static final int CHARACTERS = 22;

  BlobKey encode() {
    byte[] bytes = ByteBuffer.allocate(16).putLong(id).putLong(cookie).array();
    return new BlobKey(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** Null for a key that this store never gave. */
  static @Nullable NeedleKey decode(BlobKey key) {
    if (key.value().length() != CHARACTERS) {
      return null;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(key.value()));
      NeedleKey decoded = new NeedleKey(bytes.getLong(), bytes.getLong());
      return decoded.encode().equals(key) ? decoded : null;
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  /** When the blob was begun. */
  long millis() {
    return id >>> 20;
  }

  static long firstId(long millis) {
    return millis << 20;
  }
}
