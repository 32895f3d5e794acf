package io.mainstem.mailbox;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import org.jspecify.annotations.Nullable;

/**
 * What is in memory of one mailbox, as {@code decide} and {@code answer} see it. Asking for what is
 * not there throws {@link PageFault}; the host loads what it names and asks again.
 */
public interface Image {
  /** The object of this key; null when it is known not to exist. */
  @CanIgnoreReturnValue
  @Nullable StoredObject object(String key);

  /** The settled or pending entry that contains this seq, for content that is not in an object. */
  @CanIgnoreReturnValue
  Entry entry(long seq);
}
