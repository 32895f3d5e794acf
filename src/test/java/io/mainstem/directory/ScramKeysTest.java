package io.mainstem.directory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/**
 * The exchange of RFC 7677 §3, of which the server's keys must accept the proof and make the
 * signature.
 */
class ScramKeysTest {
  private static final String AUTH_MESSAGE =
      "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
          + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

  @Test
  void theExchangeOfTheRfcIsAccepted() throws Exception {
    Base64.Decoder base64 = Base64.getDecoder();
    ScramKeys keys = ScramKeys.of("pencil", base64.decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);

    byte[] clientSignature = hmac(base64.decode(keys.storedKey()), AUTH_MESSAGE);
    byte[] proof = base64.decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    byte[] clientKey = new byte[proof.length];
    for (int i = 0; i < proof.length; i++) {
      clientKey[i] = (byte) (proof[i] ^ clientSignature[i]);
    }
    assertArrayEquals(
        base64.decode(keys.storedKey()), MessageDigest.getInstance("SHA-256").digest(clientKey));
    assertEquals(
        "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        Base64.getEncoder().encodeToString(hmac(base64.decode(keys.serverKey()), AUTH_MESSAGE)));
  }

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
  }
}
