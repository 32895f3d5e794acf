package io.mainstem.app.demo;

import io.mainstem.blob.BlobStore;
import io.mainstem.directory.Account;
import io.mainstem.directory.Directory;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mime.Mails;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The people of the demo in a running node, and the words that greet whoever started it. */
public final class Demo {
  private final Parts parts;
  private final DemoPeople people;

  private Demo(Parts parts, DemoPeople people) {
    this.parts = parts;
    this.people = people;
  }

  /** What it is made in. */
  public record Parts(
      Vertx vertx,
      Directory directory,
      MailboxService mailboxes,
      BlobStore blobs,
      Mails mails,
      Path data) {}

  /** Makes what is not there yet. Only looks when the data directory has the whole demo already. */
  public static Future<Demo> make(Parts parts, DemoSettings settings) {
    return parts
        .vertx()
        .executeBlocking(() -> Optional.ofNullable(DemoState.read(parts.data())), false)
        .compose(kept -> kept.map(Future::succeededFuture).orElseGet(() -> begin(parts)))
        .compose(
            state ->
                DemoPeople.make(parts.directory(), state, settings.password())
                    .compose(
                        people ->
                            state.complete()
                                ? Future.succeededFuture(people)
                                : tell(parts, state, people)))
        .map(people -> new Demo(parts, people));
  }

  private static Future<DemoState> begin(Parts parts) {
    return DemoPeople.requireNobody(parts.directory())
        .compose(
            free ->
                parts
                    .vertx()
                    .executeBlocking(
                        () -> {
                          DemoState state = DemoState.make(Instant.now());
                          state.write(parts.data());
                          return state;
                        },
                        false));
  }

  private static Future<DemoPeople> tell(Parts parts, DemoState state, DemoPeople people) {
    var story =
        new DemoStory(
            parts.vertx(),
            parts.mailboxes(),
            parts.blobs(),
            parts.mails(),
            state.base(),
            people.accounts());
    return story
        .tell()
        .compose(
            told ->
                parts
                    .vertx()
                    .executeBlocking(
                        () -> {
                          state.completed().write(parts.data());
                          return people;
                        },
                        false));
  }

  /**
   * What the page offers these people. @param smtp host and port of the SMTP gateway, once it
   * listens
   */
  public FirstSteps firstSteps(Supplier<@Nullable String> smtp) {
    List<Account> all = DemoStory.PEOPLE.keySet().stream().map(people::account).toList();
    return new FirstSteps(
        parts.vertx(), all, parts.directory().oneTimeKeys(), () -> socket(smtp.get()));
  }

  private static SocketAddress socket(@Nullable String address) {
    if (address == null) {
      throw new IllegalStateException("the SMTP gateway does not listen");
    }
    int colon = address.lastIndexOf(':');
    return SocketAddress.inetSocketAddress(
        Integer.parseInt(address.substring(colon + 1)), address.substring(0, colon));
  }

  /**
   * What to do first. Each call makes links of its own, which work once.
   *
   * @param addresses where the gateways listen, by name
   * @param data the data directory as it was named
   * @param took from the start of the process until it was ready
   */
  public String greeting(Map<String, String> addresses, Path data, Duration took) {
    var text = new StringBuilder();
    text.append(
        "%nMainstem is ready (%.1f s).  Data: %s   Stop: Ctrl-C   Start afresh: scripts/run --fresh%n%n"
            .formatted(took.toMillis() / 1000.0, data));
    String http = addresses.get("http");
    if (http != null) {
      String port = http.substring(http.lastIndexOf(':') + 1);
      text.append(link("alice", "127.0.0.1:" + port, "opens logged in, once"));
      text.append(
          link(
              "bob",
              "localhost:" + port,
              "open beside it: another host name, so both stay logged in"));
      text.append(System.lineSeparator());
    }
    for (String name : DemoStory.PEOPLE.keySet()) {
      text.append(
          "  %-7s %s / %s%n"
              .formatted(
                  shown(name), people.account(name).address(), people.passwords().get(name)));
    }
    String smtp = addresses.get("smtp");
    if (smtp != null) {
      text.append(
          """

            Mail Alice from another terminal and watch it arrive:
              printf 'From: Dora <dora@elsewhere.example>\\nTo: %2$s\\nSubject: Hello from my terminal\\n\\nIt works.\\n' |
                curl --crlf smtp://%1$s --mail-from dora@elsewhere.example --mail-rcpt %2$s -T -
          """
              .formatted(smtp, people.account("alice").address()));
    }
    String imap = addresses.get("imap");
    String submission = addresses.get("submission");
    if (imap != null) {
      text.append(
          "%n  A mail program:  IMAP %s%s, with a name and password from above%n"
              .formatted(imap, submission == null ? "" : ", SMTP " + submission));
    }
    text.append(
        "%n  Your own mail:  java -jar target/mainstem.jar import mbox FILE --user alice%n"
            .formatted());
    return text.toString();
  }

  private String link(String name, String host, String what) {
    String key = parts.directory().oneTimeKeys().create(people.account(name).id());
    return "  %-7s http://%s/?key=%s   %s%n".formatted(shown(name), host, key, what);
  }

  private static String shown(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }
}
