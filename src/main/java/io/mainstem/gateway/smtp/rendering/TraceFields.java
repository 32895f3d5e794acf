package io.mainstem.gateway.smtp.rendering;

import io.mainstem.gateway.smtp.session.Envelope;
import io.mainstem.gateway.smtp.session.Hello;
import io.mainstem.gateway.smtp.session.Peer;
import io.mainstem.gateway.smtp.session.Role;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The fields that stand before a mail from now on: Return-Path, as this is the final delivery, and
 * Received (RFC 5321 §4.4).
 *
 * <p>A submitted mail gets neither the user's network address nor a Return-Path: whoever reads it
 * needs to know neither.
 */
public final class TraceFields {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private TraceFields() {}

  /**
   * @param name by which our reply names the mail
   */
  public static byte[] of(Setup setup, Session.Open session, String name, Instant now) {
    Envelope envelope = session.envelope();
    var out = new StringBuilder();
    if (setup.role() == Role.TRANSFER) {
      out.append("Return-Path: ").append(envelope.reversePath()).append("\r\n");
    }
    out.append("Received: from ").append(from(setup, session.ready().hello(), session.peer()));
    out.append("\r\n by ").append(setup.hostname());
    out.append(" with ").append(protocol(session)).append(" id ").append(name);
    if (envelope.recipients().size() == 1) {
      // With more than one, the field would tell each of the others (RFC 5321 §7.2).
      out.append("\r\n for ").append(envelope.recipients().getFirst().path());
    }
    out.append(";\r\n ").append(DATE.format(now)).append("\r\n");
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String from(Setup setup, Hello hello, Peer peer) {
    return setup.role() == Role.TRANSFER
        ? harmless(hello.client()) + " (" + literal(peer.address()) + ")"
        : "a user of this server";
  }

  /** What a client calls itself may be any text; here it is no more than a word. */
  private static String harmless(String client) {
    var out = new StringBuilder();
    for (int i = 0; i < client.length(); i++) {
      char c = client.charAt(i);
      boolean safe =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || ".-_:[]".indexOf(c) >= 0;
      out.append(safe ? c : '?');
    }
    return out.toString();
  }

  private static String literal(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    String plain = zone < 0 ? text : text.substring(0, zone);
    return address instanceof Inet6Address ? "[IPv6:" + plain + "]" : "[" + plain + "]";
  }

  /** RFC 3848, RFC 6531 §4.3. */
  private static String protocol(Session.Open session) {
    boolean utf8 = session.envelope().parameters().smtputf8();
    if (!session.ready().hello().extended()) {
      return "SMTP";
    }
    return (utf8 ? "UTF8SMTP" : "ESMTP")
        + (session.peer().tls() != null ? "S" : "")
        + (session.peer().login() != null ? "A" : "");
  }
}
