package io.mainstem.mailbox;

import io.mainstem.message.Attachment;
import io.mainstem.message.Channel;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import java.time.Instant;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** Something that the owner has begun to write. */
@Proto
public record DraftView(
    MessageId id,
    @Nullable ThreadId thread,
    List<Person> to,
    Channel channel,
    String subject,
    String text,
    List<Attachment> attachments,
    Instant savedAt,
    long seq) {}
