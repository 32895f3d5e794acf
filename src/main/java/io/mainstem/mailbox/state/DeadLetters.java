package io.mainstem.mailbox.state;

import io.mainstem.mailbox.StoredObject;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;

/** {@code dead}: the newest {@link #MAX} messages given up, oldest first. */
@Proto
public record DeadLetters(long covers, List<Failure> failures) implements StoredObject {
  public static final int MAX = 1000;
  public static final DeadLetters EMPTY = new DeadLetters(0, List.of());

  public DeadLetters {
    failures = List.copyOf(failures);
  }

  @Override
  public int sizeBytes() {
    return 64 + failures.size() * 320;
  }
}
