package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.mainstem.message.Attachment;
import io.mainstem.message.BlobKey;
import io.mainstem.message.UserId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The ids under which clients name what they uploaded: {@code seal.size.type.key}. The seal binds
 * an id to its owner, so that another's is like one that never was, and nothing about an upload
 * needs to be stored beside its bytes.
 */
public final class UploadIds {
  private static final int SEAL_BYTES = 16;
  private static final int RADIX = 36;

  private final SecretKeySpec secret;

  public UploadIds(byte[] secret) {
    this.secret = new SecretKeySpec(secret, "HmacSHA256");
  }

  /** What was uploaded. */
  public record Upload(BlobKey key, long sizeBytes, String type) {}

  public String idOf(UserId owner, Upload upload) {
    var type = base64(upload.type().getBytes(StandardCharsets.UTF_8));
    var body = Long.toString(upload.sizeBytes(), RADIX) + "." + type + "." + upload.key();
    return base64(seal(owner, body)) + "." + body;
  }

  public List<String> idsOf(UserId owner, List<Attachment> attachments) {
    return attachments.stream()
        .map(a -> idOf(owner, new Upload(a.part().range().blob(), a.sizeBytes(), a.type())))
        .toList();
  }

  /**
   * @throws Refused NOT_FOUND for what is not an id of this owner
   */
  public Upload read(UserId owner, String id) {
    var parts = id.split("\\.", 4);
    if (parts.length == 4) {
      try {
        var body = id.substring(parts[0].length() + 1);
        if (MessageDigest.isEqual(seal(owner, body), Base64.getUrlDecoder().decode(parts[0]))) {
          var type = new String(Base64.getUrlDecoder().decode(parts[2]), StandardCharsets.UTF_8);
          return new Upload(new BlobKey(parts[3]), Long.parseLong(parts[1], RADIX), type);
        }
      } catch (IllegalArgumentException e) {
        // Not something that we wrote.
      }
    }
    throw new Refused(ProblemType.NOT_FOUND);
  }

  private byte[] seal(UserId owner, String body) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      return Arrays.copyOf(
          mac.doFinal((owner + "/" + body).getBytes(StandardCharsets.UTF_8)), SEAL_BYTES);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java has HmacSHA256", e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
