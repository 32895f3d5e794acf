package io.mainstem.mailbox;

import io.mainstem.mailbox.state.Log;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of entries and objects: ProtoStream over the annotated records (protobuf on the wire and in
 * the log).
 */
public final class Codec {
  private Codec() {}

  /**
   * @param entry kept for ever; @param body content, which may be redacted; null when there is none
   */
  public record Encoded(byte[] entry, byte @Nullable [] body) {}

  public static Encoded encode(Entry entry) {
    return new Encoded(Log.entry(entry), Log.body(entry));
  }

  /**
   * With a null body, messages of the entry have no content. Throws {@link
   * IllegalArgumentException} for what is not an entry.
   */
  public static Entry decode(byte[] entry, byte @Nullable [] body) {
    return Log.entry(entry, body);
  }

  public static byte[] encodeObject(StoredObject object) {
    return Log.object(object);
  }

  public static StoredObject decodeObject(String key, byte[] bytes) {
    return Log.object(key, bytes);
  }
}
