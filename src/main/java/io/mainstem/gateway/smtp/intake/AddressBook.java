package io.mainstem.gateway.smtp.intake;

import io.mainstem.blob.BlobReference;
import io.mainstem.directory.Account;
import io.mainstem.directory.Accounts;
import io.mainstem.directory.Address;
import io.mainstem.directory.Recipient.Local;
import io.mainstem.gateway.smtp.session.Recipient;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds out who of the people in a mail has an account here. */
final class AddressBook {
  private final Accounts accounts;

  AddressBook(Accounts accounts) {
    this.accounts = accounts;
  }

  /** The account of an address of this server; null for any other. */
  Future<@Nullable Account> holder(String address) {
    Address parsed = Address.parse(address);
    if (parsed == null || parsed.kind() != Address.Kind.MAIL) {
      return Future.succeededFuture();
    }
    return accounts
        .resolve(parsed)
        .map(found -> found instanceof Local local ? local.account() : null);
  }

  /** The message with the accounts of those whom it is addressed to. */
  Future<Message> addressed(Message message) {
    return people(message.to())
        .compose(to -> people(message.cc()).map(cc -> message.withPeople(message.from(), to, cc)));
  }

  private Future<List<Person>> people(List<Person> people) {
    if (people.isEmpty()) {
      return Future.succeededFuture(people);
    }
    List<Future<Person>> known = new ArrayList<>(people.size());
    for (Person person : people) {
      known.add(
          holder(person.address())
              .map(
                  account ->
                      new Person(
                          person.address(), person.name(), account == null ? null : account.id())));
    }
    return Future.all(known).map(all -> all.<Person>list());
  }

  /** Each mailbox once, however many of its addresses were named. */
  static List<Recipient> mailboxes(List<Recipient> recipients) {
    Map<UserId, Recipient> byUser = new LinkedHashMap<>();
    recipients.forEach(recipient -> byUser.putIfAbsent(recipient.user(), recipient));
    return List.copyOf(byUser.values());
  }

  static List<BlobReference> references(List<Recipient> mailboxes) {
    return mailboxes.stream().map(AddressBook::reference).toList();
  }

  static BlobReference reference(Recipient mailbox) {
    return new BlobReference(mailbox.user(), mailbox.generation());
  }
}
