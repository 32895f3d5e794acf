package io.mainstem.blob;

import io.mainstem.message.UserId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Who needs a blob: a user's log of one generation. A blob without any reference is swept once it
 * is old enough.
 */
public record BlobReference(UserId user, long generation) {
  byte[] encode() {
    byte[] name = user.value().getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(8 + name.length).putLong(generation).put(name).array();
  }

  /** 64 bits that stand for this reference in memory; the volume holds it in full. */
  long hash() {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(encode())).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
