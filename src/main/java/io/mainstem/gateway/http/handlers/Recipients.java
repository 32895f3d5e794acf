package io.mainstem.gateway.http.handlers;

import io.mainstem.directory.Accounts;
import io.mainstem.directory.Recipient;
import io.mainstem.gateway.http.protocol.Problem;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Finds whom a client means: by name, by address, or by the id of a person that we gave out. */
public record Recipients(Accounts accounts) {

  /**
   * Each person once, in the order of the first mention.
   *
   * @return fails with UNKNOWN_RECIPIENT for the first who does not exist here
   */
  public Future<List<Person>> resolve(List<String> names) {
    if (names.size() == 1) {
      return resolve(names.getFirst()).map(List::of);
    }
    var found = new ArrayList<Future<Person>>(names.size());
    for (var name : names) {
      found.add(resolve(name));
    }
    return Future.all(found)
        .map(
            all -> {
              var people = new LinkedHashMap<String, Person>();
              for (var one : found) {
                people.putIfAbsent(one.result().key(), one.result());
              }
              return List.copyOf(people.values());
            });
  }

  private Future<Person> resolve(String name) {
    return accounts
        .resolve(name)
        .compose(
            recipient ->
                switch (recipient) {
                  case Recipient.Local local -> Future.succeededFuture(personOf(local));
                  case Recipient.Remote remote ->
                      unknown("Mail to other servers is not offered yet.");
                  case Recipient.Unknown unknown -> byId(name);
                  case null -> byId(name);
                });
  }

  private static Person personOf(Recipient.Local local) {
    return local.account().person();
  }

  private Future<Person> byId(String name) {
    UserId id;
    try {
      id = new UserId(name);
    } catch (IllegalArgumentException e) {
      return unknown(null);
    }
    return accounts
        .byId(id)
        .compose(
            account ->
                account == null || account.disabled()
                    ? unknown(null)
                    : Future.succeededFuture(account.person()));
  }

  private static <T> Future<T> unknown(@org.jspecify.annotations.Nullable String detail) {
    return Future.failedFuture(
        new Refused(Problem.of(ProblemType.UNKNOWN_RECIPIENT, detail, "to")));
  }
}
