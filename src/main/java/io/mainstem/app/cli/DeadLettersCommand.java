package io.mainstem.app.cli;

import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mainstem dead-letters …}: messages whose delivery was given up, on the running node. */
@Command(
    name = "dead-letters",
    description = "Messages whose delivery was given up, on the running server.",
    subcommands = {DeadLettersCommand.ListAll.class, DeadLettersCommand.Retry.class},
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class DeadLettersCommand {
  private DeadLettersCommand() {}

  @Command(
      name = "list",
      description = "Lists them, of all senders or of one.",
      mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Option(names = "--user", paramLabel = "NAME", description = "Only those of this sender.")
    @Nullable String user;

    @Override
    public Integer call() throws Exception {
      AdminClient admin = AdminClient.of(settings.load().data());
      String path = "/admin/dead-letters?";
      String next = user == null ? "" : "user=" + URLEncoder.encode(user, StandardCharsets.UTF_8);
      while (next != null) {
        JsonObject page = admin.get(path + next);
        for (Object each : page.getJsonArray("deadLetters")) {
          var letter = (JsonObject) each;
          System.out.printf(
              "%s  %s  %s -> %s  %s%n",
              letter.getString("failed"),
              letter.getString("message"),
              letter.getString("address"),
              letter.getString("recipient"),
              letter.getString("reason"));
        }
        String after = page.getString("next");
        next = after == null ? null : "after=" + after;
      }
      return 0;
    }
  }

  @Command(
      name = "retry",
      description = "Tries one of a sender's, or all, again.",
      mixinStandardHelpOptions = true)
  static final class Retry implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Parameters(index = "0", paramLabel = "NAME", description = "The sender's name or address.")
    String user = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "MESSAGE",
        description = "The message's id, as list shows it (default: all).")
    @Nullable String message;

    @Override
    public Integer call() throws Exception {
      AdminClient admin = AdminClient.of(settings.load().data());
      var body = new JsonObject().put("user", user);
      if (message != null) {
        body.put("message", message);
      }
      int retried = admin.post("/admin/dead-letters/retry", body).getInteger("retried", 0);
      System.out.println(
          retried == 1 ? "1 message is tried again" : retried + " messages are tried again");
      return 0;
    }
  }
}
