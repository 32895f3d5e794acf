package io.mainstem.gateway.smtp.protocol;

import java.net.InetAddress;

/** The part of a mailbox behind the "@" (RFC 5321 §4.1.2, §4.1.3). */
public sealed interface Domain {
  /** A domain name as it was written; with SMTPUTF8 it may hold U-labels (RFC 6531 §3.3). */
  record Name(String text) implements Domain {
    @Override
    public String toString() {
      return text;
    }
  }

  /** An address literal: {@code [192.0.2.1]} or {@code [IPv6:2001:db8::1]}. */
  record Literal(InetAddress address, String text) implements Domain {
    @Override
    public String toString() {
      return text;
    }
  }
}
