package io.mainstem.gateway.smtp.session;

import io.mainstem.gateway.smtp.protocol.ForwardPath;
import io.mainstem.gateway.smtp.protocol.ReversePath;
import io.vertx.core.Future;

/**
 * Where a session's mail goes: to the mailboxes of its recipients, or through the mailbox of the
 * user who sends it. Futures fail with {@link Refused} or {@link io.mainstem.message.Rejected}.
 */
public interface Intake {
  /** Judges who sends. */
  Future<Void> admit(Peer peer, ReversePath reversePath);

  /** Judges and resolves one recipient. */
  Future<Recipient> resolve(Peer peer, ForwardPath forwardPath);

  /** Makes a place for a mail with these recipients. */
  Future<Incoming> open(Session.Open session);
}
