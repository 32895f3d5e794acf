package io.mainstem.app.cli;

import io.mainstem.app.archive.ImapAccount;
import io.mainstem.app.archive.ImapAccount.Security;
import io.mainstem.app.archive.ImapAccount.Server;
import io.mainstem.app.archive.MailFolder;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mainstem import imap}: brings an account on another server along. */
@Command(
    name = "imap",
    description = {
      "Imports all folders of an account on another IMAP server.",
      "Nothing is changed there. Run again, it brings what is new since: the server's UIDs tell."
    },
    mixinStandardHelpOptions = true)
final class ImportImapCommand implements Callable<Integer> {
  @Mixin ImportCommand.Target target = new ImportCommand.Target();

  @Option(names = "--host", required = true, paramLabel = "HOST", description = "The server.")
  String host = "";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Its port (default: 993, or 143 without --security TLS).")
  @Nullable Integer port;

  @Option(
      names = "--security",
      paramLabel = "HOW",
      description = "TLS, STARTTLS or NONE (default: ${DEFAULT-VALUE}).")
  Security security = Security.TLS;

  @Option(names = "--any-certificate", description = "Do not ask the server to prove who it is.")
  boolean anyCertificate;

  @Option(
      names = "--login",
      required = true,
      paramLabel = "NAME",
      description = "The name to log in with there.")
  String login = "";

  @Option(
      names = "--password-stdin",
      description = "Read the password from the first line of standard input (default: ask).")
  boolean passwordFromInput;

  @Option(
      names = "--only",
      paramLabel = "FOLDER",
      description = "Only this folder, named as there; may be given again.")
  Set<String> only = new TreeSet<>();

  @Override
  public Integer call() throws Exception {
    Server server = new Server(host, port == null ? security.port : port, security, anyCertificate);
    try (ImapAccount account = open(server)) {
      List<MailFolder> folders = account.folders(only);
      if (folders.isEmpty()) {
        throw new AdminFailure(
            only.isEmpty()
                ? "There is no folder in this account"
                : "There is no folder " + String.join(" or ", only) + " in this account");
      }
      return target.run(folders, false);
    }
  }

  private ImapAccount open(Server server) throws IOException {
    String password = password();
    try {
      return ImapAccount.open(server, login, password);
    } catch (IOException e) {
      throw new AdminFailure(String.valueOf(e.getMessage()));
    }
  }

  private String password() throws IOException {
    Console console = System.console();
    if (!passwordFromInput && console != null) {
      char[] typed = console.readPassword("Password of %s at %s: ", login, host);
      return typed == null ? "" : new String(typed);
    }
    if (!passwordFromInput) {
      throw new AdminFailure("There is no terminal to ask for the password: use --password-stdin");
    }
    String line =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    if (line == null || line.isEmpty()) {
      throw new AdminFailure("There is no password on standard input");
    }
    return line;
  }
}
