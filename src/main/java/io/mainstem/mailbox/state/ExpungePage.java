package io.mainstem.mailbox.state;

import io.mainstem.mailbox.StoredObject;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;

/**
 * {@code x/FOLDER/N}: which of 256 UIDs are gone, and since which seq (VANISHED, RFC 7162 §3.2.10).
 */
@Proto
public record ExpungePage(long covers, List<Expunge> expunges) implements StoredObject {
  public static final ExpungePage EMPTY = new ExpungePage(0, List.of());

  public ExpungePage {
    expunges = List.copyOf(expunges);
  }

  /** UIDs {@code from} to {@code to}, expunged by this seq. */
  @Proto
  public record Expunge(long seq, int from, int to) {}

  @Override
  public int sizeBytes() {
    return 64 + expunges.size() * 40;
  }
}
