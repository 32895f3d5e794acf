package io.mainstem.message;

import org.infinispan.protostream.annotations.Proto;

/**
 * Where a blob lies: an opaque text of at most 128 characters of {@code [A-Za-z0-9._-]}, which
 * contains an unguessable cookie.
 */
@Proto
public record BlobKey(String value) {
  public BlobKey {
    if (value.isEmpty() || value.length() > 128) {
      throw new IllegalArgumentException("a blob key has 1 to 128 characters");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!(c >= 'a' && c <= 'z'
          || c >= 'A' && c <= 'Z'
          || c >= '0' && c <= '9'
          || c == '.'
          || c == '_'
          || c == '-')) {
        throw new IllegalArgumentException("a blob key has letters, digits, '.', '_' and '-' only");
      }
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
