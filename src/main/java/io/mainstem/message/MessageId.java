package io.mainstem.message;

import org.infinispan.protostream.annotations.Proto;

/**
 * A message's id: a ULID (26 characters of Crockford base 32, upper case; the first 10 are
 * milliseconds since 1970). The client that writes a message chooses it; the key of idempotence is
 * (sender, id).
 */
@Proto
public record MessageId(String value) implements Comparable<MessageId> {
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  public MessageId {
    if (!isUlid(value)) {
      throw new IllegalArgumentException(
          "a message id is a ULID: 26 characters of 0-9 and A-Z without I, L, O, U");
    }
  }

  /** Whether this text has the form of a ULID that fits in 128 bits. */
  public static boolean isUlid(String s) {
    if (s.length() != 26 || s.charAt(0) > '7') {
      return false;
    }
    for (int i = 0; i < 26; i++) {
      if (ALPHABET.indexOf(s.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * A ULID of this time (milliseconds since 1970, 48 bits) and 80 bits of entropy: the low 16 of
   * {@code high}, all of {@code low}.
   */
  public static MessageId of(long millis, long high, long low) {
    var out = new char[26];
    for (int i = 9; i >= 0; i--) {
      out[i] = ALPHABET.charAt((int) (millis >>> (9 - i) * 5 & 31));
    }
    long hi = high & 0xffff;
    for (int i = 25; i >= 10; i--) {
      out[i] = ALPHABET.charAt((int) (low & 31));
      low = low >>> 5 | (hi & 31) << 59;
      hi >>>= 5;
    }
    return new MessageId(new String(out));
  }

  /** The time in the id, milliseconds since 1970. */
  public long millis() {
    long millis = 0;
    for (int i = 0; i < 10; i++) {
      millis = millis << 5 | ALPHABET.indexOf(value.charAt(i));
    }
    return millis;
  }

  @Override
  public int compareTo(MessageId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
