package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.session.Capabilities;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;

/** CAPABILITY (RFC 9051 §6.1.1) and ID (RFC 2971). */
final class CapabilityHandler {
  private final ImapParts parts;

  CapabilityHandler(ImapParts parts) {
    this.parts = parts;
  }

  Outcome onCapability(Session session, Output out) {
    out.untagged("CAPABILITY " + Capabilities.of(session, parts.config()));
    return Handlers.done(session, "CAPABILITY is done");
  }

  Outcome onId(Session session, Output out) {
    out.untagged("ID (\"name\" \"Mainstem\")");
    return Handlers.done(session, "ID is done");
  }
}
