package io.mainstem.gateway.smtp.protocol;

/** Whom a message is for (RFC 5321 §4.1.2). */
public sealed interface ForwardPath {
  /** {@code <Postmaster>} without a domain: this server's own (RFC 5321 §4.5.1). */
  record Postmaster() implements ForwardPath {
    @Override
    public String toString() {
      return "<Postmaster>";
    }
  }

  /** A mailbox; a source route before it was read over (RFC 5321 §3.3, Appendix C). */
  record To(Mailbox mailbox) implements ForwardPath {
    @Override
    public String toString() {
      return "<" + mailbox + ">";
    }
  }
}
