package io.mainstem.gateway.smtp.session;

import io.mainstem.gateway.smtp.protocol.MailParameters;
import io.mainstem.gateway.smtp.protocol.ReversePath;
import java.util.ArrayList;
import java.util.List;

/**
 * The envelope of a mail transaction (RFC 5321 §2.3.1). {@code refused} counts recipients that were
 * not accepted.
 */
public record Envelope(
    ReversePath reversePath, MailParameters parameters, List<Recipient> recipients, int refused) {
  public Envelope {
    recipients = List.copyOf(recipients);
  }

  public static Envelope from(ReversePath reversePath, MailParameters parameters) {
    return new Envelope(reversePath, parameters, List.of(), 0);
  }

  public Envelope with(Recipient recipient) {
    var all = new ArrayList<Recipient>(recipients.size() + 1);
    all.addAll(recipients);
    all.add(recipient);
    return new Envelope(reversePath, parameters, all, refused);
  }

  public Envelope withRefusal() {
    return new Envelope(reversePath, parameters, recipients, refused + 1);
  }
}
