package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.ThreadKind;
import io.mainstem.mailbox.state.Item;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.message.Channel;
import io.mainstem.message.Hlc;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides how a message that was written here looks as mail. */
final class Forms {
  /** More people than this are counted, not named. */
  private static final int NAMED = 3;

  private Forms() {}

  /**
   * A message's form, null when it came as mail; and how large it is, with what its sender's own
   * copy has apart.
   */
  record Formed(@Nullable MailForm form, long sizeBytes) {}

  static Formed of(
      Ledger ledger, ThreadLedger t, Message m, long stamp, String id, @Nullable Integer edit) {
    if (m.raw() != null) {
      return new Formed(null, m.sizeBytes() + m.headers().apartBytes());
    }
    boolean mail = m.channel() == Channel.MAIL;
    var forms = ledger.moment.forms();
    var form =
        new MailForm(
            forms.version(),
            new Hlc(stamp).millis(),
            mail ? null : subject(t),
            mail ? List.of() : references(t, stamp, id),
            edit);
    return new Formed(form, forms.sizeBytes(m, new MessageId(id), form));
  }

  /**
   * Of a message with another text: what was decided about it when it came stays, so that it stands
   * at the same place of its thread in every mail program.
   */
  static Formed revised(
      Ledger ledger, ThreadLedger t, Message m, @Nullable MailForm before, Ref ref, int edit) {
    if (before == null) {
      return of(ledger, t, m, ref.stamp(), ref.id(), edit);
    }
    var form =
        new MailForm(
            before.version(), before.dateMillis(), before.subject(), before.references(), edit);
    return new Formed(form, ledger.moment.forms().sizeBytes(m, new MessageId(ref.id()), form));
  }

  private static String subject(ThreadLedger t) {
    var title = t.face.title();
    if (t.face.kind() != ThreadKind.PEOPLE && title != null && !title.isBlank()) {
      return "Chat with " + title;
    }
    var people = t.face.people();
    if (people.isEmpty()) {
      return "Chat with myself";
    }
    var names = new ArrayList<String>();
    for (Person p : people.subList(0, Math.min(NAMED, people.size()))) {
      var name = p.name();
      names.add(name == null || name.isBlank() ? p.address() : name);
    }
    int more = people.size() - names.size();
    return "Chat with " + String.join(", ", names) + (more == 0 ? "" : " and " + more + " more");
  }

  /**
   * The messages before it, as far as the thread has them at hand: chats by their id, mails by
   * their Message-ID.
   */
  private static List<String> references(ThreadLedger t, long stamp, String id) {
    var out = new ArrayList<String>(MailForm.MAX_REFERENCES);
    var recent = t.before == null ? List.<Item>of() : t.before.recent();
    for (int i = recent.size() - 1; i >= 0 && out.size() < MailForm.MAX_REFERENCES; i--) {
      var ref = recent.get(i).ref();
      if (Ref.compare(ref.stamp(), ref.id(), stamp, id) < 0) {
        var content = recent.get(i).content();
        if (ref.channel() != Channel.MAIL) {
          out.add(0, ref.id());
        } else if (content != null && content.headers().messageId() != null) {
          out.add(0, content.headers().messageId());
        }
      }
    }
    return out;
  }
}
