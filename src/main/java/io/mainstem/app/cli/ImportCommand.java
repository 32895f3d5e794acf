package io.mainstem.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mainstem import …}: brings archived mail into a mailbox of the running server. */
@Command(
    name = "import",
    description = "Brings archived mail into a mailbox of the running server.",
    subcommands = {ImportCommand.Mbox.class},
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class ImportCommand {
  private ImportCommand() {}

  @Command(
      name = "mbox",
      description = {
        "Imports a file in mbox format, of any size.",
        "Dates and read flags are kept. An import that was stopped goes on where it was when it is"
            + " started again; what is there already is not added again."
      },
      mixinStandardHelpOptions = true)
  static final class Mbox implements Callable<Integer> {
    @Mixin Settings settings = new Settings();

    @Parameters(paramLabel = "FILE", description = "The mbox file.")
    @Nullable Path file;

    @Option(
        names = "--user",
        required = true,
        paramLabel = "NAME",
        description = "Name or address of the mailbox's owner.")
    String user = "";

    @Option(
        names = "--folder",
        paramLabel = "FOLDER",
        description = "Folder id for what the owner did not send himself (default: inbox).")
    String folder = "inbox";

    @Option(
        names = "--again",
        description = "Begin at the start of the file, even if an earlier import came further.")
    boolean again;

    @Override
    public Integer call() throws Exception {
      Path source = file;
      if (source == null || !Files.isReadable(source) || Files.isDirectory(source)) {
        throw new AdminFailure("%s is not a file that can be read".formatted(source));
      }
      Path data = settings.load().data();
      ImportState state = ImportState.open(data, source, user, again);
      MboxImport run =
          new MboxImport(
              AdminClient.of(data),
              source,
              user,
              folder,
              state,
              new Progress(System.err, Files.size(source)));
      return run.run() ? 0 : 1;
    }
  }
}
