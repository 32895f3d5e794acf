package io.mainstem.mailbox.state;

import io.mainstem.message.Person;
import org.infinispan.protostream.annotations.Proto;

/** A message given up for a recipient. */
@Proto
public record Failure(String message, long messageSeq, String thread, Person recipient, String reason, long seq, long atMillis) {}
