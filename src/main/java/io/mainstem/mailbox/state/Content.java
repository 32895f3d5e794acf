package io.mainstem.mailbox.state;

import io.mainstem.mailbox.Command;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * What is kept beside an event in the row's body, and goes when the body is redacted.
 *
 * @param recipients of a message that the owner sent, Bcc among them, without himself
 * @param group that the message goes to
 * @param form of the message as mail, when it was written here
 */
@Proto
public record Content(
    @Nullable Message message,
    List<Person> recipients,
    Command.@Nullable Group group,
    @Nullable DraftContent draft,
    @Nullable MailForm form) {
  public Content {
    recipients = List.copyOf(recipients);
  }

  /** Of a message that its owner did not send. */
  public static Content of(Message message, @Nullable MailForm form) {
    return new Content(message, List.of(), null, null, form);
  }
}
