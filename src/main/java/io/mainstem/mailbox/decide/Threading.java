package io.mainstem.mailbox.decide;

import io.mainstem.mailbox.ThreadKind;
import io.mainstem.mailbox.ThreadSettings;
import io.mainstem.mailbox.state.Fingerprint;
import io.mainstem.mailbox.state.IndexPage.Key;
import io.mainstem.mailbox.state.IndexShape;
import io.mainstem.mailbox.state.Reads;
import io.mainstem.mailbox.state.ThreadFace;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which thread a message belongs to. */
final class Threading {
  /** More people than this make a crowd, not a conversation of people. */
  static final int CROWD = 20;

  private Threading() {}

  /**
   * What a message asks for.
   *
   * @param face of the thread, should there be none yet
   * @param key of the thread in the index
   */
  record Wanted(ThreadFace face, String key) {}

  /**
   * Where a message goes.
   *
   * @param thread an existing thread; null: a new one of {@code wanted}
   * @param answers the message of another thread that this one answers
   */
  record Found(@Nullable String thread, Wanted wanted, @Nullable String answers) {}

  static boolean isOwner(Person p, UserId owner) {
    return owner.equals(p.user());
  }

  /** Each person once, without the owner, in the order of their keys. */
  static List<Person> people(UserId owner, List<List<Person>> mentions) {
    var byKey = new TreeMap<String, Person>();
    for (List<Person> list : mentions) {
      for (Person p : list) {
        if (!isOwner(p, owner)) {
          byKey.putIfAbsent(p.key(), p);
        }
      }
    }
    return List.copyOf(byKey.values());
  }

  static Wanted ofPeople(List<Person> people) {
    return new Wanted(
        face(ThreadKind.PEOPLE, null, people),
        "p" + new Fingerprint().add("people").people(people).value());
  }

  /** Mail that claims to be from somebody here stands apart from his thread. */
  static Wanted ofClaim(Message m, Person claimed, UserId owner) {
    var from = new Person(m.from().address(), m.from().name(), null);
    return new Wanted(
        face(ThreadKind.PEOPLE, null, people(owner, List.of(List.of(from), m.to(), m.cc()))),
        "n"
            + new Fingerprint()
                .add("claim")
                .add(claimed.key())
                .add(m.from().address())
                .people(m.to())
                .people(m.cc())
                .value());
  }

  static Wanted ofGroup(String group, String title, List<Person> members) {
    return new Wanted(
        new ThreadFace(ThreadKind.GROUP, title, members, group, ThreadSettings.DEFAULT),
        "g" + Fingerprint.of("group", group));
  }

  /** By List-Id, else as a topic, else by people. */
  static Wanted wanted(Message m, UserId owner) {
    var h = m.headers();
    var people = people(owner, List.of(List.of(m.from()), m.to(), m.cc()));
    if (h.listId() != null) {
      return new Wanted(
          face(ThreadKind.LIST, h.listId(), List.of(m.from())),
          "l" + Fingerprint.of("list", h.listId().toLowerCase(Locale.ROOT)));
    }
    if (h.machine() || people.size() > CROWD) {
      var print = new Fingerprint().add("topic").add(subject(m.subject()));
      if (people.size() <= CROWD) {
        print.add(m.from().key());
      }
      return new Wanted(
          face(ThreadKind.TOPIC, m.subject(), people.size() > CROWD ? people : List.of(m.from())),
          "s" + print.value());
    }
    return ofPeople(people);
  }

  private static ThreadFace face(ThreadKind kind, @Nullable String title, List<Person> people) {
    return new ThreadFace(kind, title, people, null, ThreadSettings.DEFAULT);
  }

  /**
   * A subject without what answering and forwarding put before it (RFC 5256 §2.1, the common part
   * of it).
   */
  static String subject(String subject) {
    var s = subject.strip().toLowerCase(Locale.ROOT);
    while (true) {
      int cut = prefix(s);
      if (cut == 0) {
        return s;
      }
      s = s.substring(cut).strip();
    }
  }

  private static int prefix(String s) {
    for (String p : List.of("re:", "fw:", "fwd:", "aw:", "wg:", "sv:", "vs:")) {
      if (s.startsWith(p)) {
        return p.length();
      }
    }
    if (s.startsWith("[")) {
      int end = s.indexOf(']');
      return end > 0 && end < s.length() - 1 ? end + 1 : 0;
    }
    return 0;
  }

  /** Keys of index pages that {@link #find} reads. */
  static List<String> candidates(Reads reads, Message m, Wanted wanted) {
    var out = new ArrayList<>(reads.candidates(IndexShape.THREADS, wanted.key()));
    for (Mention mention : references(m, wanted)) {
      out.addAll(reads.candidates(mention.index(), mention.key()));
    }
    return out;
  }

  /** A message that another names: where to look for it. */
  private record Mention(String index, String key) {
    static Mention of(String messageId) {
      var chat = MailForm.chatOf(messageId);
      return chat != null
          ? new Mention(IndexShape.MESSAGES, chat)
          : new Mention(IndexShape.RFC_IDS, rfcKey(messageId));
    }
  }

  private static List<Mention> references(Message m, Wanted wanted) {
    var h = m.headers();
    var out = new ArrayList<Mention>(1);
    if (h.inReplyTo() != null) {
      out.add(Mention.of(h.inReplyTo()));
    }
    if (wanted.face().kind() == ThreadKind.TOPIC) {
      for (int i = h.references().size() - 1; i >= 0 && out.size() < 20; i--) {
        out.add(Mention.of(h.references().get(i)));
      }
    }
    return out;
  }

  static String rfcKey(String messageId) {
    return Fingerprint.of("rfc", messageId);
  }

  /**
   * Finds the thread: an answer to a group, list or topic stays in it; an answer to another people
   * thread links back; a topic goes on by References, then subject.
   */
  static Found find(Reads reads, Message m, Wanted wanted) {
    String answers = null;
    boolean first = true;
    for (Mention mention : references(m, wanted)) {
      var found = reads.find(mention.index(), mention.key(), k -> k.message() != null);
      if (found != null) {
        Key k = found.key();
        var t = k.thread() == null ? null : reads.findThread(k.thread());
        if (t != null && t.face().kind() != ThreadKind.PEOPLE) {
          return new Found(t.id(), wanted, null);
        }
        if (first && m.headers().inReplyTo() != null) {
          answers = k.message();
        }
      }
      first = false;
    }
    var found = reads.find(IndexShape.THREADS, wanted.key(), k -> true);
    var thread = found == null ? null : found.key().thread();
    if (answers != null && thread != null) {
      var target = reads.message(answers);
      if (target.thread().id().equals(thread)) {
        answers = null;
      }
    }
    return new Found(thread, wanted, answers);
  }
}
