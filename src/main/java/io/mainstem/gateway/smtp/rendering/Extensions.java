package io.mainstem.gateway.smtp.rendering;

import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.session.Peer;
import io.mainstem.gateway.smtp.session.Setup;
import java.util.ArrayList;
import java.util.List;

/** What EHLO answers (RFC 5321 §4.1.1.1): only what can be used now. */
public final class Extensions {
  private Extensions() {}

  public static SmtpReply of(Setup setup, Peer peer) {
    List<String> lines = new ArrayList<>();
    lines.add(setup.hostname());
    lines.add("PIPELINING");
    lines.add("SIZE " + setup.limits().maxSizeBytes());
    lines.add("8BITMIME");
    lines.add("SMTPUTF8");
    lines.add("CHUNKING");
    lines.add("BINARYMIME");
    lines.add("ENHANCEDSTATUSCODES");
    lines.add("HELP");
    if (peer.tls() == null) {
      lines.add("STARTTLS");
    }
    if (peer.login() == null && setup.mayAuthenticate(peer)) {
      lines.add("AUTH SCRAM-SHA-256 PLAIN LOGIN");
    }
    return new SmtpReply(250, null, lines);
  }
}
