package io.mainstem.gateway.http.rendering;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mainstem.gateway.http.protocol.Cursors;
import io.mainstem.mailbox.ChannelView;
import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.DraftView;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.Reason;
import io.mainstem.mailbox.Settings;
import io.mainstem.mailbox.Status;
import io.mainstem.mailbox.ThreadKind;
import io.mainstem.mailbox.ThreadSettings;
import io.mainstem.mailbox.ThreadView;
import io.mainstem.message.Attachment;
import io.mainstem.message.FolderId;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes the views of one owner's mailbox as the JSON of the contract. Sets are written in order,
 * so that a view always gives the same bytes.
 *
 * @param generation of the log that the seqs belong to
 */
record ViewWriter(JsonGenerator out, UserId owner, int generation, Bodies bodies) {

  void thread(ThreadView thread) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", thread.id().value());
    out.writeStringField("kind", word(thread.kind()));
    out.writeStringField("title", title(thread));
    people("participants", thread.participants());
    if (thread.last() != null) {
      out.writeFieldName("last");
      message(thread.last(), false);
    }
    out.writeNumberField("unread", thread.unread());
    out.writeArrayFieldStart("folders");
    for (var folder : thread.folders()) {
      out.writeString(folder.value());
    }
    out.writeEndArray();
    out.writeArrayFieldStart("channels");
    for (var channel : new TreeSet<>(thread.channels())) {
      out.writeString(channel.word());
    }
    out.writeEndArray();
    reason(thread.reason());
    out.writeFieldName("settings");
    threadSettings(thread.settings());
    out.writeEndObject();
  }

  /** The names of the people where a thread has no title of its own. */
  private String title(ThreadView thread) {
    if (thread.title() != null) {
      return thread.title();
    }
    var names = new StringBuilder();
    for (var person : thread.participants()) {
      if (!isSelf(person)) {
        names.append(names.isEmpty() ? "" : ", ").append(name(person));
      }
    }
    if (names.isEmpty()) {
      thread.participants().stream().findFirst().ifPresent(self -> names.append(name(self)));
    }
    return names.toString();
  }

  void threadSettings(ThreadSettings settings) throws IOException {
    out.writeStartObject();
    out.writeStringField(
        "channels", settings.channels() == null ? "default" : word(settings.channels()));
    out.writeBooleanField("muted", settings.muted());
    out.writeEndObject();
  }

  /**
   * @param whole with all that was fetched; without it as in {@code last} and in frames: no HTML
   */
  void message(MessageView view, boolean whole) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", view.id().value());
    out.writeStringField("threadId", view.thread().value());
    Message message = view.message();
    if (message == null) {
      out.writeBooleanField("erased", true);
    } else {
      content(view, message, whole);
    }
    out.writeStringField("sentAt", time(view.sentAt()));
    if (view.status() != null) {
      out.writeStringField("status", word(view.status()));
    }
    if (view.recipients() != null) {
      out.writeObjectFieldStart("statusCounts");
      out.writeNumberField("of", view.recipients().recipients());
      out.writeNumberField("delivered", view.recipients().delivered());
      out.writeNumberField("read", view.recipients().read());
      out.writeNumberField("failed", view.recipients().failed());
      out.writeEndObject();
    }
    optional("failure", view.failure());
    strings("flags", new TreeSet<>(view.flags()));
    if (!view.folders().isEmpty()) {
      out.writeStringField("folder", view.folders().getFirst().value());
    }
    if (view.folders().size() > 1) {
      strings("folders", view.folders().stream().map(FolderId::value).toList());
    }
    reason(view.reason());
    if (view.answers() != null) {
      out.writeStringField("answers", view.answers().value());
    }
    var edited = view.edited();
    if (edited != null) {
      out.writeObjectFieldStart("edited");
      out.writeNumberField("number", edited.number());
      out.writeStringField("at", time(edited.at()));
      out.writeEndObject();
    }
    out.writeStringField("seq", Cursors.write(generation, view.seq()));
    out.writeEndObject();
  }

  private void content(MessageView view, Message message, boolean whole) throws IOException {
    out.writeStringField("channel", message.channel().word());
    out.writeFieldName("from");
    person(message.from());
    people("to", message.to());
    if (!message.cc().isEmpty()) {
      people("cc", message.cc());
    }
    if (view.sent() && !message.headers().bcc().isEmpty()) {
      people("bcc", message.headers().bcc());
    }
    if (message.headers().dateMillis() != null) {
      out.writeStringField("date", time(Instant.ofEpochMilli(message.headers().dateMillis())));
    }
    if (!message.subject().isEmpty()) {
      out.writeStringField("subject", message.subject());
    }
    var text = bodies.text(view.id());
    out.writeStringField("text", text == null ? message.text() : text);
    if (message.html() != null) {
      out.writeBooleanField("hasHtml", true);
      if (whole) {
        optional("html", bodies.html(view.id()));
      }
    }
    out.writeArrayFieldStart("attachments");
    for (var attachment : message.attachments()) {
      attachment(view.id() + "." + attachment.id(), attachment);
    }
    out.writeEndArray();
  }

  /**
   * @param id for {@code GET /blobs/{id}}
   */
  private void attachment(String id, Attachment attachment) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", id);
    out.writeStringField("name", attachment.name());
    out.writeStringField("type", attachment.type());
    out.writeNumberField("sizeBytes", attachment.sizeBytes());
    optional("contentId", attachment.contentId());
    out.writeEndObject();
  }

  void person(Person person) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", person.user() != null ? person.user().value() : person.address());
    out.writeStringField("name", name(person));
    out.writeStringField("address", person.address());
    out.writeBooleanField("self", isSelf(person));
    out.writeEndObject();
  }

  private boolean isSelf(Person person) {
    return owner.equals(person.user());
  }

  /** The part before the @ for who has no name. */
  private static String name(Person person) {
    var name = person.name();
    if (name != null && !name.isBlank()) {
      return name;
    }
    int at = person.address().lastIndexOf('@');
    return at > 0 ? person.address().substring(0, at) : person.address();
  }

  void draft(DraftView draft, List<String> attachmentIds) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", draft.id().value());
    if (draft.thread() != null) {
      out.writeStringField("threadId", draft.thread().value());
    }
    people("to", draft.to());
    out.writeStringField("channel", draft.channel().word());
    if (!draft.subject().isEmpty()) {
      out.writeStringField("subject", draft.subject());
    }
    out.writeStringField("text", draft.text());
    out.writeArrayFieldStart("attachments");
    for (int i = 0; i < draft.attachments().size(); i++) {
      attachment(attachmentIds.get(i), draft.attachments().get(i));
    }
    out.writeEndArray();
    out.writeStringField("savedAt", time(draft.savedAt()));
    out.writeEndObject();
  }

  void folder(FolderView folder) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", folder.id().value());
    out.writeStringField("name", folder.name());
    out.writeNumberField("messages", folder.messages());
    out.writeNumberField("unread", folder.unseen());
    out.writeBooleanField("subscribed", folder.subscribed());
    out.writeEndObject();
  }

  void settings(Settings settings) throws IOException {
    out.writeStartObject();
    out.writeStringField("channels", word(settings.channels()));
    out.writeStringField(
        "whoMayChat",
        switch (settings.whoMayChat()) {
          case EVERYONE -> "everyone";
          case CONTACTS -> "contacts";
        });
    out.writeBooleanField("receipts", settings.receipts());
    out.writeBooleanField("screenMail", settings.screenMail());
    out.writeNumberField("retentionDays", settings.retentionDays());
    // A person's key is "u:" and a user id, or "a:" and an address; on the wire it is what stands
    // after that.
    strings("blocked", settings.blocked().stream().map(key -> key.substring(2)).sorted().toList());
    out.writeObjectFieldStart("page");
    for (var name : new TreeSet<>(settings.page().keySet())) {
      out.writeStringField(name, settings.page().get(name));
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  void counts(Counts counts) throws IOException {
    out.writeNumberField("unread", counts.unread());
    out.writeNumberField("requests", counts.requests());
  }

  void reason(@Nullable Reason reason) throws IOException {
    if (reason != null) {
      out.writeObjectFieldStart("reason");
      out.writeStringField("code", reason.code());
      out.writeStringField("text", reason.text());
      out.writeEndObject();
    }
  }

  void people(String field, List<Person> people) throws IOException {
    out.writeArrayFieldStart(field);
    for (var person : people) {
      person(person);
    }
    out.writeEndArray();
  }

  void strings(String field, Collection<String> texts) throws IOException {
    out.writeArrayFieldStart(field);
    for (var text : texts) {
      out.writeString(text);
    }
    out.writeEndArray();
  }

  private void optional(String field, @Nullable String text) throws IOException {
    if (text != null) {
      out.writeStringField(field, text);
    }
  }

  /** RFC 3339 with milliseconds, in UTC: 24 characters. */
  static String time(Instant instant) {
    var text = instant.truncatedTo(java.time.temporal.ChronoUnit.MILLIS).toString();
    return text.length() == 20 ? text.substring(0, 19) + ".000Z" : text;
  }

  static String word(Status status) {
    return switch (status) {
      case SENT -> "sent";
      case DELIVERED -> "delivered";
      case READ -> "read";
      case FAILED -> "failed";
    };
  }

  private static String word(ThreadKind kind) {
    return switch (kind) {
      case PEOPLE -> "people";
      case GROUP -> "group";
      case LIST -> "list";
      case TOPIC -> "topic";
    };
  }

  private static String word(ChannelView view) {
    return switch (view) {
      case TOGETHER -> "together";
      case APART -> "apart";
    };
  }
}
