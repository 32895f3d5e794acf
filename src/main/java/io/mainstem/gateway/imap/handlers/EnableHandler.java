package io.mainstem.gateway.imap.handlers;

import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;
import java.util.ArrayList;

/** ENABLE (RFC 9051 §6.3.1). */
final class EnableHandler {
  Outcome onEnable(
      Session.Authenticated who, Session session, ImapCommand.Enable command, Output out) {
    var enabled = new ArrayList<String>();
    for (String capability : command.capabilities()) {
      if (who.login().enable(capability) && !enabled.contains(capability)) {
        enabled.add(capability.equals("IMAP4REV2") ? "IMAP4rev2" : capability);
      }
    }
    out.untagged(("ENABLED " + String.join(" ", enabled)).strip());
    return Handlers.done(session, "ENABLE is done");
  }
}
