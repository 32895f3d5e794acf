package io.mainstem.mailbox.state;

import org.infinispan.protostream.annotations.Proto;

/** What the owner has sent in the hour that began at {@code sinceMillis}. */
@Proto
public record Rate(long sinceMillis, int sends, int newRecipients) {
  public static final long HOUR = 3_600_000;
  public static final Rate NONE = new Rate(0, 0, 0);

  public Rate at(long nowMillis) {
    return nowMillis - sinceMillis >= HOUR ? new Rate(nowMillis, 0, 0) : this;
  }
}
