package io.mainstem.bench;

import io.mainstem.message.MessageId;
import java.util.concurrent.ThreadLocalRandom;

/** Fresh message ids, as a client makes them. */
public final class Ulids {
  private Ulids() {}

  public static String next() {
    var random = ThreadLocalRandom.current();
    return MessageId.of(System.currentTimeMillis(), random.nextLong(), random.nextLong()).value();
  }
}
