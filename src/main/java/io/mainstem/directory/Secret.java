package io.mainstem.directory;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Secrets that we make: random enough that a plain hash keeps them. */
final class Secret {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** 32 letters that are hard to confuse: no i, l, o, u. */
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

  private Secret() {}

  static byte[] bytes(int count) {
    byte[] out = new byte[count];
    RANDOM.nextBytes(out);
    return out;
  }

  /** Random letters of 5 bits each. */
  static String letters(int count) {
    var out = new StringBuilder(count);
    for (byte b : bytes(count)) {
      out.append(ALPHABET.charAt(b & 31));
    }
    return out.toString();
  }

  static boolean isLetters(String s) {
    return s.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
  }

  static String sha256(String secret) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
