package io.mainstem.gateway.smtp.rendering;

import io.mainstem.gateway.smtp.protocol.SmtpReply;

/** A reply as it stands on the wire (RFC 5321 §4.2.1, RFC 2034 §3). */
public final class ReplyText {
  private ReplyText() {}

  public static String of(SmtpReply reply) {
    var out = new StringBuilder();
    for (int i = 0; i < reply.lines().size(); i++) {
      out.append(reply.code()).append(i == reply.lines().size() - 1 ? ' ' : '-');
      if (reply.enhanced() != null) {
        out.append(reply.enhanced()).append(' ');
      }
      out.append(reply.lines().get(i)).append("\r\n");
    }
    return out.toString();
  }
}
