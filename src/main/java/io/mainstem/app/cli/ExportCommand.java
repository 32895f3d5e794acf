package io.mainstem.app.cli;

import io.mainstem.app.archive.ExportFormat;
import io.mainstem.app.archive.MaildirExport;
import io.mainstem.app.archive.MboxExport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mainstem export …}: writes a mailbox as files that other programs read. */
@Command(
    name = "export",
    description = "Writes a mailbox of the running server as files that other programs read.",
    footer = {
      "",
      "Each message is written byte for byte, with its date and flags, each folder under its name;"
          + " imported into an empty mailbox, they are the same again. Chats are written as mails."
          + " An export that was stopped goes on where it was when it is started again."
    },
    subcommands = {ExportCommand.Mbox.class, ExportCommand.Maildir.class},
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class ExportCommand {
  private ExportCommand() {}

  /** What every export needs. */
  static final class Source {
    @Mixin Settings settings = new Settings();

    @Option(
        names = "--user",
        required = true,
        paramLabel = "NAME",
        description = "Name or address of the mailbox's owner.")
    String user = "";

    @Option(
        names = "--to",
        required = true,
        paramLabel = "DIR",
        description = "An empty directory, or one that is not there yet.")
    Path directory = Path.of("");

    @Option(
        names = "--folder",
        paramLabel = "FOLDER",
        description = "Only this folder; may be given again (default: all folders).")
    Set<String> folders = new TreeSet<>();

    int run(String name, ExportFormat format) throws IOException, InterruptedException {
      AdminClient admin = AdminClient.of(settings.load().data());
      List<Export.Source> all = Export.sources(admin, user); // before anything is made for nobody
      ExportState state = ExportState.open(directory, user, name);
      new Export(admin, user, directory, format, state, new Progress(System.err)).run(all, folders);
      return 0;
    }
  }

  @Command(
      name = "mbox",
      description = {
        "Writes each folder as an mbox file: DIR/Projects/2026.mbox is the folder Projects/2026.",
        "Flags stand in Status, X-Status and X-Keywords. A mail that lines of text cannot hold"
            + " exactly (bare CRs, no header, …) is written in base64, which only import mbox"
            + " understands; a Maildir holds any mail as it is."
      },
      mixinStandardHelpOptions = true)
  static final class Mbox implements Callable<Integer> {
    @Mixin Source source = new Source();

    @Override
    public Integer call() throws Exception {
      return source.run("mbox", new MboxExport());
    }
  }

  @Command(
      name = "maildir",
      description = {
        "Writes a Maildir with folders as Dovecot, mutt and others know them (Maildir++).",
        "DIR itself is INBOX, DIR/.Projects.2026 the folder Projects/2026."
      },
      mixinStandardHelpOptions = true)
  static final class Maildir implements Callable<Integer> {
    @Mixin Source source = new Source();

    @Override
    public Integer call() throws Exception {
      return source.run("maildir", new MaildirExport());
    }
  }
}
