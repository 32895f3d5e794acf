package io.mainstem.directory;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A server's keys for SCRAM-SHA-256 (RFC 5802 §3, RFC 7677), each in base64.
 *
 * @param storedKey H(ClientKey)
 * @param serverKey HMAC(SaltedPassword, "Server Key")
 */
public record ScramKeys(String salt, int iterations, String storedKey, String serverKey) {
  /** RFC 7677 §4 asks for at least 4,096; clients compute the same, phones too. */
  static final int ITERATIONS = 16_384;

  static ScramKeys of(String preparedPassword, byte[] salt, int iterations) {
    try {
      var spec = new PBEKeySpec(preparedPassword.toCharArray(), salt, iterations, 256);
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
      spec.clearPassword();
      byte[] clientKey = hmac(salted, "Client Key");
      byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
      byte[] serverKey = hmac(salted, "Server Key");
      Arrays.fill(salted, (byte) 0);
      Base64.Encoder base64 = Base64.getEncoder();
      return new ScramKeys(
          base64.encodeToString(salt),
          iterations,
          base64.encodeToString(storedKey),
          base64.encodeToString(serverKey));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java has PBKDF2WithHmacSHA256 and SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
  }
}
