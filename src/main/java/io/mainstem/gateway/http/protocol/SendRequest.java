package io.mainstem.gateway.http.protocol;

import io.mainstem.message.Channel;
import io.mainstem.message.MessageId;
import io.mainstem.message.ThreadId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants to send, as it wrote it: recipients are not resolved, blobs not looked up.
 *
 * @param to empty when {@code thread} names the recipients
 */
public record SendRequest(
    MessageId id,
    @Nullable ThreadId thread,
    List<String> to,
    Channel channel,
    String subject,
    String text,
    List<AttachmentRef> attachments,
    @Nullable String group) {

  /** An uploaded blob and the name under which it is attached. */
  public record AttachmentRef(String id, String name) {}

  /**
   * Checks what the schema cannot say.
   *
   * @throws Malformed when the fields contradict each other
   */
  public SendRequest {
    to = List.copyOf(to);
    attachments = List.copyOf(attachments);
    if ((thread == null) == to.isEmpty()) {
      throw new Malformed("Exactly one of threadId and to names the recipients.", "to");
    }
    if (text.isBlank() && attachments.isEmpty()) {
      throw new Malformed("A message has text or an attachment.", "text");
    }
    if (channel == Channel.SMS) {
      throw new Malformed("SMS cannot be written here.", "channel");
    }
    if (group != null && thread != null) {
      throw new Malformed("A new group is made for to.", "group");
    }
    for (int i = 0; i < subject.length(); i++) {
      if (Character.isISOControl(subject.charAt(i))) {
        throw new Malformed("A subject is one line.", "subject");
      }
    }
  }

  /** From a body that the schema has accepted. */
  public static SendRequest of(JsonObject body) {
    return new SendRequest(
        new MessageId(body.getString("id")),
        Fields.thread(body.getString("threadId")),
        Fields.texts(body.getJsonArray("to")),
        Fields.channel(body.getString("channel")),
        body.getString("subject", ""),
        body.getString("text", ""),
        attachments(body.getJsonArray("attachments")),
        body.getString("group"));
  }

  public static List<AttachmentRef> attachments(@Nullable JsonArray array) {
    if (array == null) {
      return List.of();
    }
    var out = new ArrayList<AttachmentRef>(array.size());
    for (int i = 0; i < array.size(); i++) {
      var ref = array.getJsonObject(i);
      out.add(new AttachmentRef(ref.getString("id"), ref.getString("name")));
    }
    return out;
  }
}
