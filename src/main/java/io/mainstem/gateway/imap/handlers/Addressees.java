package io.mainstem.gateway.imap.handlers;

import io.mainstem.directory.Account;
import io.mainstem.directory.Address;
import io.mainstem.directory.Recipient;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who the people of an appended mail are. What bears an address of the owner is his: it
 * is his own folder. What he wrote went to those whom it names, so that it stands in the same
 * conversation as what he wrote to them here; who has written a mail of others, nobody has proved.
 */
final class Addressees {
  private final Function<String, Future<@Nullable Recipient>> holders;
  private final Account owner;

  Addressees(Function<String, Future<@Nullable Recipient>> holders, Account owner) {
    this.holders = holders;
    this.owner = owner;
  }

  Future<Message> of(Message m) {
    Person from = owner(m.from());
    List<Person> to = m.to().stream().map(this::owner).toList();
    List<Person> cc = m.cc().stream().map(this::owner).toList();
    if (from.user() == null) {
      return Future.succeededFuture(m.withPeople(from, to, cc));
    }
    return people(to).compose(known -> people(cc).map(others -> m.withPeople(from, known, others)));
  }

  private Person owner(Person person) {
    Address address = Address.parse(person.address());
    return address != null && owner.owns(address)
        ? new Person(person.address(), person.name(), owner.id())
        : person;
  }

  private Future<List<Person>> people(List<Person> people) {
    if (people.isEmpty()) {
      return Future.succeededFuture(people);
    }
    List<Future<Person>> known = new ArrayList<>(people.size());
    for (Person person : people) {
      known.add(
          holders
              .apply(person.address())
              .map(
                  holder ->
                      holder instanceof Recipient.Local local
                          ? new Person(person.address(), person.name(), local.account().id())
                          : person));
    }
    return Future.all(known).map(all -> all.<Person>list());
  }
}
