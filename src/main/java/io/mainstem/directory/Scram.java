package io.mainstem.directory;

import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The grammar and arithmetic of a server in SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel
 * binding. Pure.
 */
final class Scram {
  private static final int MAX_MESSAGE = 4_096;

  private Scram() {}

  /**
   * client-first-message (RFC 5802 §7).
   *
   * @param gs2Header what the client must repeat in its final message
   * @param bare the rest, which both sides sign
   */
  record ClientFirst(String gs2Header, String user, String nonce, String bare) {}

  /** Refuses with INVALID what is no such message. */
  static ClientFirst first(String message) {
    if (message.length() > MAX_MESSAGE) {
      throw malformed("the first message is too long");
    }
    if (message.startsWith("p=")) {
      throw malformed("channel binding is not supported");
    }
    int flag = message.indexOf(',');
    int identity = message.indexOf(',', flag + 1);
    if (flag != 1 || identity < 0 || message.charAt(0) != 'n' && message.charAt(0) != 'y') {
      throw malformed("the first message begins with n,, or y,,");
    }
    var authzid = message.substring(flag + 1, identity);
    var bare = message.substring(identity + 1);
    var parts = bare.split(",", -1);
    if (parts.length < 2 || !parts[0].startsWith("n=") || !parts[1].startsWith("r=")) {
      throw malformed("the first message has n= and r="); // m= too: no extension is known
    }
    var user = name(parts[0].substring(2));
    var nonce = parts[1].substring(2);
    if (!authzid.isEmpty()
        && !(authzid.startsWith("a=") && name(authzid.substring(2)).equals(user))) {
      throw malformed("nobody can act for another user");
    }
    if (user.isEmpty() || nonce.isEmpty() || !isPrintable(nonce)) {
      throw malformed("the first message has a name and a nonce");
    }
    return new ClientFirst(message.substring(0, identity + 1), user, nonce, bare);
  }

  /** {@code =2C} and {@code =3D} stand for comma and equals sign (RFC 5802 §5.1). */
  private static String name(String coded) {
    for (int at = coded.indexOf('='); at >= 0; at = coded.indexOf('=', at + 1)) {
      if (!coded.startsWith("=2C", at) && !coded.startsWith("=3D", at)) {
        throw malformed("a = in a name is written =3D");
      }
    }
    return coded.replace("=2C", ",").replace("=3D", "=");
  }

  /** server-first-message; {@code nonce} is the client's followed by ours. */
  static String challenge(ScramKeys keys, String nonce) {
    return "r=" + nonce + ",s=" + keys.salt() + ",i=" + keys.iterations();
  }

  /**
   * server-final-message when the client has proved that it knows the password, else null. Refuses
   * with INVALID what is no client-final-message for this challenge.
   */
  static @Nullable String verify(
      ClientFirst first, ScramKeys keys, String nonce, String clientFinal) {
    int proofAt = clientFinal.lastIndexOf(",p=");
    if (clientFinal.length() > MAX_MESSAGE || proofAt < 0) {
      throw malformed("the final message ends with p=");
    }
    var withoutProof = clientFinal.substring(0, proofAt);
    var binding = "c=" + base64(first.gs2Header().getBytes(StandardCharsets.UTF_8));
    // RFC 5802 §5.1: both are to be what was said before; an extension may follow them.
    var repeated = binding + ",r=" + nonce;
    if (!withoutProof.equals(repeated) && !withoutProof.startsWith(repeated + ",")) {
      throw malformed("the final message repeats header and nonce");
    }
    byte[] proof;
    try {
      proof = Base64.getDecoder().decode(clientFinal.substring(proofAt + 3));
    } catch (IllegalArgumentException e) {
      throw malformed("the proof is not base 64");
    }
    var signed = first.bare() + "," + challenge(keys, nonce) + "," + withoutProof;
    byte[] storedKey = Base64.getDecoder().decode(keys.storedKey());
    byte[] clientKey = hmac(storedKey, signed);
    if (proof.length != clientKey.length) {
      return null;
    }
    for (int i = 0; i < clientKey.length; i++) {
      clientKey[i] ^= proof[i];
    }
    return MessageDigest.isEqual(sha256(clientKey), storedKey)
        ? "v=" + base64(hmac(Base64.getDecoder().decode(keys.serverKey()), signed))
        : null;
  }

  private static boolean isPrintable(String nonce) {
    return nonce.chars().allMatch(c -> c > 32 && c < 127);
  }

  private static Rejected malformed(String why) {
    return new Rejected(Rule.INVALID, why);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java has HmacSHA256", e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
