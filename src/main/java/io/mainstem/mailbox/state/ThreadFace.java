package io.mainstem.mailbox.state;

import io.mainstem.mailbox.ThreadKind;
import io.mainstem.mailbox.ThreadSettings;
import io.mainstem.message.Person;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * Who and what a thread is.
 *
 * @param title of a group, list or topic
 * @param group the id that a group's members share; null for other kinds
 */
@Proto
public record ThreadFace(
    ThreadKind kind,
    @Nullable String title,
    List<Person> people,
    @Nullable String group,
    ThreadSettings settings) {
  public ThreadFace {
    people = List.copyOf(people);
  }

  public ThreadFace with(ThreadSettings newSettings) {
    return new ThreadFace(kind, title, people, group, newSettings);
  }
}
