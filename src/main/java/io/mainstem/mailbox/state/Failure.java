package io.mainstem.mailbox.state;

import io.mainstem.message.Person;
import org.infinispan.protostream.annotations.Proto;

/**
 * A message given up for a recipient. @param retried the seq that watermarks are compared with
 * since it was tried again; 0: it was not
 */
@Proto
public record Failure(
    String message,
    long messageSeq,
    String thread,
    Person recipient,
    String reason,
    long seq,
    long atMillis,
    long retried) {
  public Failure retried(long seqOfRetry) {
    return new Failure(message, messageSeq, thread, recipient, reason, seq, atMillis, seqOfRetry);
  }
}
