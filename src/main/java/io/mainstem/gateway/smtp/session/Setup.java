package io.mainstem.gateway.smtp.session;

import io.mainstem.config.SmtpLimits;
import io.mainstem.config.Submission.AuthWithoutTls;
import io.mainstem.proxy.Proxies;
import io.mainstem.stage.Stage;

/**
 * What all sessions of one listener share.
 *
 * @param hostname the name that we greet with
 * @param stage a passage is a mail from its last byte to the reply; what is refused is counted by
 *     its enhanced code
 * @param proxies the balancers in front
 */
public record Setup(
    Role role,
    String hostname,
    SmtpLimits limits,
    AuthWithoutTls authWithoutTls,
    Stage stage,
    Proxies proxies) {

  /** Without a balancer in front. */
  public Setup(
      Role role, String hostname, SmtpLimits limits, AuthWithoutTls authWithoutTls, Stage stage) {
    this(role, hostname, limits, authWithoutTls, stage, Proxies.NONE);
  }

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
