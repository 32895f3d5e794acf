package io.mainstem.app.cli;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mainstem user …}: people with a mailbox, on the running node. */
@Command(
    name = "user",
    description = "People with a mailbox, on the running server.",
    subcommands = {
      UserCommand.Add.class,
      UserCommand.ListAll.class,
      UserCommand.Passwd.class,
      UserCommand.Disable.class,
      UserCommand.Enable.class
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class UserCommand {
  private UserCommand() {}

  /**
   * Where a password comes from: the option, standard input, the terminal, or, with none of these,
   * chance.
   */
  static final class Password {
    @Option(
        names = "--password",
        paramLabel = "PASSWORD",
        description =
            "The password; other people on this machine may see it in the list of processes.")
    @Nullable String given;

    @Option(
        names = "--password-stdin",
        description = "Read the password from the first line of standard input.")
    boolean fromInput;

    String read() throws IOException {
      if (given != null) {
        return given;
      }
      if (fromInput) {
        String line =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        if (line == null || line.isEmpty()) {
          throw new AdminFailure("There is no password on standard input");
        }
        return line;
      }
      Console console = System.console();
      return console != null ? ask(console) : make();
    }

    private static String ask(Console console) {
      char[] first = console.readPassword("Password: ");
      char[] again = console.readPassword("Again: ");
      if (first == null || first.length == 0 || !Arrays.equals(first, again)) {
        throw new AdminFailure("The two were not the same");
      }
      return new String(first);
    }

    private static String make() {
      var random = new byte[15];
      new SecureRandom().nextBytes(random);
      String made = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      System.out.println("Password: " + made);
      return made;
    }
  }

  @Command(
      name = "add",
      description = "Makes an account and its mailbox.",
      mixinStandardHelpOptions = true)
  static final class Add implements Callable<Integer> {
    @Mixin Settings settings = new Settings();
    @Mixin Password password = new Password();

    @Parameters(paramLabel = "NAME", description = "Name, or address with a domain of this server.")
    String name = "";

    @Option(
        names = "--display-name",
        paramLabel = "TEXT",
        description = "What others see (default: the name).")
    @Nullable String displayName;

    @Override
    public Integer call() throws Exception {
      AdminApi admin = AdminApi.of(settings);
      JsonObject added = admin.addUser(name, password.read(), displayName);
      System.out.println("Added " + added.getString("address", name));
      return 0;
    }
  }

  @Command(name = "list", description = "Lists all accounts.", mixinStandardHelpOptions = true)
  static final class ListAll implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Override
    public Integer call() throws Exception {
      AdminApi admin = AdminApi.of(settings);
      String next = null;
      do {
        JsonObject page = admin.users(next);
        AdminApi.objects(page, "users").forEach(ListAll::print);
        next = page.getString("next");
      } while (next != null);
      return 0;
    }

    private static void print(JsonObject user) {
      System.out.printf(
          "%-20s %-40s %s%n",
          user.getString("name"),
          user.getString("address"),
          user.getBoolean("disabled", false) ? "disabled" : "");
    }
  }

  @Command(name = "passwd", description = "Sets a password.", mixinStandardHelpOptions = true)
  static final class Passwd implements Callable<Integer> {
    @Mixin Settings settings = new Settings();
    @Mixin Password password = new Password();

    @Parameters(paramLabel = "NAME", description = "Name or address.")
    String name = "";

    @Override
    public Integer call() throws Exception {
      JsonObject done = AdminApi.of(settings).setPassword(name, password.read());
      System.out.println("Changed the password of " + done.getString("address", name));
      return 0;
    }
  }

  @Command(
      name = "disable",
      description = "Ends all sessions and refuses logins and mail.",
      mixinStandardHelpOptions = true)
  static final class Disable implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Parameters(paramLabel = "NAME", description = "Name or address.")
    String name = "";

    @Override
    public Integer call() throws Exception {
      JsonObject done = AdminApi.of(settings).disable(name);
      System.out.println("Disabled " + done.getString("address", name));
      return 0;
    }
  }

  @Command(name = "enable", description = "Takes back a disable.", mixinStandardHelpOptions = true)
  static final class Enable implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Parameters(paramLabel = "NAME", description = "Name or address.")
    String name = "";

    @Override
    public Integer call() throws Exception {
      JsonObject done = AdminApi.of(settings).enable(name);
      System.out.println("Enabled " + done.getString("address", name));
      return 0;
    }
  }
}
