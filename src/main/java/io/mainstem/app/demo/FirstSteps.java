package io.mainstem.app.demo;

import io.mainstem.directory.Account;
import io.mainstem.directory.OneTimeKeys;
import io.mainstem.gateway.http.handlers.Welcome;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the page offers the people of the demonstration at first: a neighbour's inbox, a mail from
 * outside, an import.
 */
public final class FirstSteps implements Welcome {
  private static final DateTimeFormatter RFC_5322 =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  private final Vertx vertx;
  private final Map<UserId, Account> people = new LinkedHashMap<>();
  private final OneTimeKeys keys;
  private final Supplier<SocketAddress> smtp;

  /**
   * Offers them to these people.
   *
   * @param people of the demonstration, and nobody else: each may open the others' inboxes
   * @param smtp where the SMTP gateway listens, once it does
   */
  public FirstSteps(
      Vertx vertx, List<Account> people, OneTimeKeys keys, Supplier<SocketAddress> smtp) {
    this.vertx = vertx;
    people.forEach(account -> this.people.put(account.id(), account));
    this.keys = keys;
    this.smtp = smtp;
  }

  @Override
  public @Nullable Steps steps(UserId user) {
    var self = people.get(user);
    if (self == null) {
      return null;
    }
    var neighbours =
        people.values().stream()
            .filter(account -> !account.id().equals(user))
            .map(Account::displayName)
            .toList();
    return new Steps(
        neighbours, "java -jar target/mainstem.jar import mbox FILE --user " + self.name());
  }

  @Override
  public @Nullable String key(UserId asker, String neighbour) {
    if (!people.containsKey(asker)) {
      return null;
    }
    return people.values().stream()
        .filter(account -> account.displayName().equals(neighbour) && !account.id().equals(asker))
        .findFirst()
        .map(account -> keys.create(account.id()))
        .orElse(null);
  }

  @Override
  public Future<Void> mail(UserId user) {
    var account = people.get(user);
    if (account == null) {
      return Future.failedFuture(new IllegalArgumentException("nobody of the demonstration"));
    }
    var from = "dora@elsewhere.example";
    var now = Instant.now();
    var content =
        List.of(
            "From: Dora Elsewhere <" + from + ">",
            "To: <" + account.address() + ">",
            "Subject: It works",
            "Date: " + RFC_5322.format(now),
            "Message-ID: <"
                + now.toEpochMilli()
                + "."
                + Long.toHexString(System.nanoTime())
                + "@elsewhere.example>",
            "Content-Type: text/plain; charset=utf-8",
            "",
            "Hello " + account.displayName() + ",",
            "",
            "this mail came in through the SMTP port, as any mail from outside would.",
            "",
            "Dora");
    return SmtpDialogue.send(vertx, smtp.get(), from, account.address(), content);
  }
}
