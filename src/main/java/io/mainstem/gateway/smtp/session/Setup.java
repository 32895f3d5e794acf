package io.mainstem.gateway.smtp.session;

import io.mainstem.config.SmtpLimits;
import io.mainstem.config.Submission.AuthWithoutTls;

/**
 * What all sessions of one listener share.
 *
 * @param hostname the name that we greet with
 */
public record Setup(Role role, String hostname, SmtpLimits limits, AuthWithoutTls authWithoutTls) {

  /** Whether this client may send a password now (RFC 4954 §4: not in the clear). */
  public boolean mayAuthenticate(Peer peer) {
    if (role != Role.SUBMISSION) {
      return false;
    }
    return peer.tls() != null
        || switch (authWithoutTls) {
          case NEVER -> false;
          case LOOPBACK -> peer.address().isLoopbackAddress();
          case ALWAYS -> true;
        };
  }
}
