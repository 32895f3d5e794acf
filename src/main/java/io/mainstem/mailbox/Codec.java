package io.mainstem.mailbox;

import org.jspecify.annotations.Nullable;

/** Bytes of entries and objects: ProtoStream over the annotated records (protobuf on the wire and in the log). */
public final class Codec {
  private Codec() {}

  /** @param entry kept for ever; @param body content, which may be redacted; null when there is none */
  public record Encoded(byte[] entry, byte @Nullable [] body) {}

  public static Encoded encode(Entry entry) {
    throw new UnsupportedOperationException();
  }

  /** With a null body, messages of the entry have no content. Throws {@link IllegalArgumentException} for what is not an entry. */
  public static Entry decode(byte[] entry, byte @Nullable [] body) {
    throw new UnsupportedOperationException();
  }

  public static byte[] encodeObject(StoredObject object) {
    throw new UnsupportedOperationException();
  }

  public static StoredObject decodeObject(String key, byte[] bytes) {
    throw new UnsupportedOperationException();
  }
}
