package io.mainstem.mailbox.state;

import io.mainstem.message.Attachment;
import io.mainstem.message.Channel;
import io.mainstem.message.Person;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;

/** What a draft says. */
@Proto
public record DraftContent(
    List<Person> to, Channel channel, String subject, String text, List<Attachment> attachments) {
  public DraftContent {
    to = List.copyOf(to);
    attachments = List.copyOf(attachments);
  }
}
