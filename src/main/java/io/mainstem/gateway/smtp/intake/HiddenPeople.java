package io.mainstem.gateway.smtp.intake;

import io.mainstem.gateway.smtp.protocol.ForwardPath;
import io.mainstem.gateway.smtp.session.Recipient;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import io.mainstem.mime.ApartFields;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who gets a mail without being named in it: Bcc, which most programs do not send as a field at
 * all. The sender's own copy keeps it (RFC 5322 §3.6.3), and nobody else's.
 */
final class HiddenPeople {
  private HiddenPeople() {}

  /**
   * @param field Bcc as the program sent it; null when it did not
   */
  static Message kept(Message message, List<Recipient> recipients, @Nullable String field) {
    Set<String> visible = new HashSet<>();
    message.to().forEach(person -> visible.add(person.key()));
    message.cc().forEach(person -> visible.add(person.key()));
    Map<String, Person> hidden = new LinkedHashMap<>();
    Set<String> addresses = new LinkedHashSet<>();
    for (Recipient recipient : recipients) {
      Person person = recipient.person();
      if (recipient.path() instanceof ForwardPath.To to && !visible.contains(person.key())) {
        hidden.putIfAbsent(person.key(), person);
        addresses.add(to.mailbox().toString());
      }
    }
    if (hidden.isEmpty()) {
      return message;
    }
    String apart = field == null ? ApartFields.bcc(List.copyOf(addresses)) : field;
    return message.with(message.headers().withBcc(List.copyOf(hidden.values()), apart));
  }
}
