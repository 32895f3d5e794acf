package io.mainstem.app.demo;

import io.mainstem.app.StartFailure;
import io.mainstem.blob.BlobStore;
import io.mainstem.config.Config;
import io.mainstem.config.ConfigException;
import io.mainstem.directory.Account;
import io.mainstem.directory.Directory;
import io.mainstem.directory.LoginOutcome;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mime.Mails;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the demo in a running node, and greets with what to do first. */
public final class Demo {
  /** One password for all people of the demo; with it they may be reached from elsewhere. */
  public static final String PASSWORD_VARIABLE = "MAINSTEM_DEMO_PASSWORD";

  private static final String LOOPBACK = "127.0.0.1";

  private final Vertx vertx;
  private final Directory directory;
  private final MailboxService mailboxes;
  private final BlobStore blobs;
  private final Mails mails;
  private final Path data;
  private final @Nullable String password;

  /** @param environment of the process */
  public Demo(
      Vertx vertx,
      Directory directory,
      MailboxService mailboxes,
      BlobStore blobs,
      Mails mails,
      Path data,
      Map<String, String> environment) {
    this.vertx = vertx;
    this.directory = directory;
    this.mailboxes = mailboxes;
    this.blobs = blobs;
    this.mails = mails;
    this.data = data;
    this.password = environment.get(PASSWORD_VARIABLE);
  }

  /**
   * Refuses to show people with printed passwords to the network. To be called before anything listens.
   *
   * @throws ConfigException with the setting that is in the way
   */
  public static void check(Config config, Map<String, String> environment) {
    String password = environment.get(PASSWORD_VARIABLE);
    if (password != null) {
      int min = config.directory().minPasswordChars();
      if (password.length() < min) {
        throw new ConfigException(PASSWORD_VARIABLE + " is not allowed: a password has at least " + min + " characters");
      }
      return;
    }
    requireLoopback("http.host", config.http().host(), config.http().enabled());
    requireLoopback("smtp.host", config.smtp().host(), config.smtp().enabled());
    requireLoopback("submission.host", config.submission().host(), config.submission().enabled());
    requireLoopback("imap.host", config.imap().host(), config.imap().enabled());
  }

  private static void requireLoopback(String key, String host, boolean enabled) {
    if (enabled && !isLoopback(host)) {
      throw new ConfigException(
          "%s = \"%s\" is not allowed with --demo: its people have known passwords. Set %s, or use a loopback address."
              .formatted(key, host, PASSWORD_VARIABLE));
    }
  }

  private static boolean isLoopback(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** What the people of the demo log in with, by name. */
  public record People(Map<String, Account> accounts, Map<String, String> passwords) {
    public People {
      accounts = Map.copyOf(accounts);
      passwords = Map.copyOf(passwords);
    }
  }

  /** Makes what is not there yet. Does nothing but look when this data directory has the demo already. */
  public Future<People> prepare() {
    return vertx
        .executeBlocking(() -> Optional.ofNullable(DemoState.read(data)), false)
        .compose(kept -> kept.map(Future::succeededFuture).orElseGet(this::begin))
        .compose(state -> people(state).compose(people -> tell(state, people)));
  }

  /** Refuses a directory in which somebody has one of the names already: the demo would take his account over. */
  private Future<DemoState> begin() {
    Future<?> free = Future.succeededFuture();
    for (String name : DemoStory.PEOPLE.keySet()) {
      free =
          free.compose(ignored -> directory.accounts().find(name))
              .compose(
                  taken ->
                      taken == null
                          ? Future.succeededFuture()
                          : Future.failedFuture(
                              new StartFailure(
                                  "There is a user %s already, who is not of the demo: name another data directory with --data, or start without --demo."
                                      .formatted(name))));
    }
    return free.compose(
        ignored ->
            vertx.executeBlocking(
                () -> {
                  DemoState state = DemoState.make(Instant.now());
                  state.write(data);
                  return state;
                },
                false));
  }

  private Future<People> people(DemoState state) {
    var accounts = new LinkedHashMap<String, Account>();
    var passwords = new LinkedHashMap<String, String>();
    Future<?> made = Future.succeededFuture();
    for (String name : DemoStory.PEOPLE.keySet()) {
      String secret = password != null ? password : Objects.requireNonNull(state.passwords().get(name));
      passwords.put(name, secret);
      made = made.compose(ignored -> account(name, secret, state)).onSuccess(account -> accounts.put(name, account));
    }
    return made.map(ignored -> new People(accounts, passwords));
  }

  private Future<Account> account(String name, String secret, DemoState state) {
    return directory
        .accounts()
        .find(name)
        .compose(
            account -> {
              if (account == null) {
                return directory.createUser(name, DemoStory.PEOPLE.get(name), secret);
              }
              if (state.complete() && password == null) {
                // Whoever changed a password of the demo meant it.
                return Future.succeededFuture(account);
              }
              return directory
                  .logins()
                  .login(name, secret, LOOPBACK)
                  .compose(
                      outcome ->
                          outcome instanceof LoginOutcome.Welcome
                              ? Future.succeededFuture(account)
                              : directory.setPassword(account.id(), secret));
            });
  }

  private Future<People> tell(DemoState state, People people) {
    if (state.complete()) {
      return Future.succeededFuture(people);
    }
    return new DemoStory(vertx, mailboxes, blobs, mails, state.base(), people.accounts())
        .tell()
        .compose(
            told ->
                vertx.executeBlocking(
                    () -> {
                      state.completed().write(data);
                      return people;
                    },
                    false));
  }

  /**
   * The block that greets.
   *
   * @param addresses where the gateways listen, by name
   * @param took since the process began
   */
  public String greeting(People people, Map<String, String> addresses, Path shownData, Duration took) {
    var text = new StringBuilder();
    text.append("\nMainstem is ready (%.1f s).  Data: %s   Stop: Ctrl-C   Start afresh: scripts/run --fresh\n\n".formatted(took.toMillis() / 1000.0, shownData));
    String http = addresses.get("http");
    if (http != null) {
      String port = http.substring(http.lastIndexOf(':') + 1);
      text.append(line("Alice", "http://127.0.0.1:" + port, "opens logged in, once", people));
      text.append(line("Bob", "http://localhost:" + port, "open beside it: another host name, so both stay logged in", people));
    }
    people.passwords().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(one -> text.append("  %-7s %s / %s\n".formatted(first(one.getKey()), address(people, one.getKey()), one.getValue())));
    String smtp = addresses.get("smtp");
    if (smtp != null) {
      text.append(
          """

            Mail Alice from another terminal and watch it arrive:
              printf 'From: Dora <dora@elsewhere.example>\\nTo: %2$s\\nSubject: Hello from my terminal\\n\\nIt works.\\n' |
                curl --crlf smtp://%1$s --mail-from dora@elsewhere.example --mail-rcpt %2$s -T -
          """
              .formatted(smtp, address(people, "alice")));
    }
    text.append("  Your own mail:  java -jar target/mainstem.jar import mbox FILE --user alice\n");
    return text.toString();
  }

  private static String first(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  private static String address(People people, String name) {
    return Objects.requireNonNull(people.accounts().get(name)).address();
  }

  private String line(String shown, String origin, String what, People people) {
    Account account = Objects.requireNonNull(people.accounts().get(shown.toLowerCase(Locale.ROOT)));
    String key = directory.oneTimeKeys().create(account.id());
    return "  %-7s %s/?key=%s   %s\n".formatted(shown, origin, key, what);
  }
}
