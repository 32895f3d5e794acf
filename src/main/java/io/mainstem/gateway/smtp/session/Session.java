package io.mainstem.gateway.smtp.session;

import io.mainstem.gateway.smtp.protocol.MailParameters;
import io.mainstem.gateway.smtp.protocol.ReversePath;

/**
 * The state of a session; its methods are the legal transitions (RFC 5321 §4.1.4).
 *
 * <pre>
 *              HELO/EHLO            MAIL            RCPT*, DATA or BDAT
 *    Fresh ───────────────► Ready ────────► Open ──────────────────────► Receiving
 *      ▲   STARTTLS           ▲  AUTH: Ready  │ RSET, EHLO                   │ end of the mail, RSET
 *      └────────────────────── │ ◄────────────┴──────────────────────────────┘
 * </pre>
 */
public sealed interface Session {
  Peer peer();

  /** Nobody has said HELO or EHLO since the connection, or its TLS, began. */
  record Fresh(Peer peer) implements Session {}

  /** Between two mails. */
  record Ready(Peer peer, Hello hello) implements Session {
    public Open toOpen(ReversePath reversePath, MailParameters parameters) {
      return new Open(this, Envelope.from(reversePath, parameters));
    }

    public Ready toLoggedIn(Login login) {
      return new Ready(peer.with(login), hello);
    }
  }

  /** MAIL was accepted. */
  record Open(Ready ready, Envelope envelope) implements Session {
    @Override
    public Peer peer() {
      return ready.peer();
    }

    public Open toRecipient(Recipient recipient) {
      return new Open(ready, envelope.with(recipient));
    }

    public Open toRefusal() {
      return new Open(ready, envelope.withRefusal());
    }

    public Receiving toReceiving(MailFlow flow) {
      return new Receiving(this, flow);
    }
  }

  /**
   * The mail's bytes come: after DATA all of them, with BDAT in chunks, between which commands are
   * read.
   */
  record Receiving(Open open, MailFlow flow) implements Session {
    @Override
    public Peer peer() {
      return open.peer();
    }

    public Ready toReady() {
      return open.ready();
    }
  }

  /** HELO and EHLO begin anew, whatever stood before (RFC 5321 §4.1.4). */
  default Ready toReady(Hello hello) {
    return new Ready(peer(), hello);
  }

  /** RSET forgets the mail under way (RFC 5321 §4.1.1.5). */
  default Session toReset() {
    return switch (this) {
      case Fresh fresh -> fresh;
      case Ready ready -> ready;
      case Open open -> open.ready();
      case Receiving receiving -> receiving.toReady();
    };
  }

  /** TLS began: the client has to say EHLO and who it is again (RFC 3207 §4.2). */
  default Fresh toProtected(Peer.Tls tls) {
    return new Fresh(peer().with(tls));
  }
}
