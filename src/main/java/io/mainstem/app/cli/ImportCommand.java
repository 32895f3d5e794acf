package io.mainstem.app.cli;

import io.mainstem.app.archive.EmlFolder;
import io.mainstem.app.archive.MailFolder;
import io.mainstem.app.archive.MaildirTree;
import io.mainstem.app.archive.MboxFolder;
import io.mainstem.app.archive.MboxTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    footer = {
      "",
      "Dates, flags and folders are kept. An import that was stopped goes on where it was when it"
          + " is started again; what is there already is not added again. What cannot be read is"
          + " said, and stands in DATA/imports/unreadable.txt."
    },
    subcommands = {
      ImportCommand.Mbox.class,
      ImportCommand.Maildir.class,
      ImportCommand.Eml.class,
      ImportImapCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class ImportCommand {
  private ImportCommand() {}

  /** What every import needs. */
  static final class Target {
    @Mixin Settings settings = new Settings();

    @Option(
        names = "--user",
        required = true,
        paramLabel = "NAME",
        description = "Name or address of the mailbox's owner.")
    String user = "";

    @Option(
        names = "--folder",
        paramLabel = "FOLDER",
        description =
            "Folder for everything, made when there is none (default: each folder of the archive"
                + " keeps its name; where it has none, what the owner wrote goes to Sent and the"
                + " rest to Inbox).")
    @Nullable String folder;

    @Option(
        names = "--again",
        description = "Look at everything, even if an earlier import came further.")
    boolean again;

    /**
     * @param ours whether the archive was exported from here
     */
    int run(List<MailFolder> sources, boolean ours) throws IOException, InterruptedException {
      Path data = settings.load().data();
      AdminClient admin = AdminClient.of(data);
      TargetFolders folders = new TargetFolders(admin, user, folder, ours);
      Import run = new Import(admin, data, user, again, folders, new Progress(System.err));
      return run.run(sources) ? 0 : 1;
    }
  }

  private static Path readable(Path source) {
    if (!Files.isReadable(source)) {
      throw new AdminFailure("%s is not a file or directory that can be read".formatted(source));
    }
    return source;
  }

  @Command(
      name = "mbox",
      description = {
        "Imports files in mbox format, of any size.",
        "A directory is searched for them, and each is the folder of its name: what export mbox has"
            + " written, a profile of Thunderbird, an archive of Apple Mail."
      },
      mixinStandardHelpOptions = true)
  static final class Mbox implements Callable<Integer> {
    @Mixin Target target = new Target();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Mbox files or directories.")
    List<Path> sources = List.of();

    @Override
    public Integer call() throws Exception {
      List<MailFolder> folders = new ArrayList<>();
      boolean ours = true;
      for (Path source : sources) {
        if (!Files.isDirectory(readable(source))) {
          folders.add(new MboxFolder(source, null));
          continue;
        }
        ours &= ExportState.isOf(source);
        List<MailFolder> found = MboxTree.folders(source);
        if (found.isEmpty()) {
          throw new AdminFailure("There is no mbox file below %s".formatted(source));
        }
        folders.addAll(found);
      }
      return target.run(folders, ours);
    }
  }

  @Command(
      name = "maildir",
      description = {
        "Imports a Maildir with all its folders.",
        "Both layouts are known: folders as .Projects.2026 (Maildir++: Dovecot, Courier) and as"
            + " directories in directories (mbsync, offlineimap). Keywords of Dovecot are kept."
      },
      mixinStandardHelpOptions = true)
  static final class Maildir implements Callable<Integer> {
    @Mixin Target target = new Target();

    @Parameters(paramLabel = "DIR", description = "The Maildir: it, or what is in it, has a cur.")
    @Nullable Path source;

    @Override
    public Integer call() throws Exception {
      Path directory = readable(source == null ? Path.of("") : source);
      List<MailFolder> folders =
          Files.isDirectory(directory) ? MaildirTree.folders(directory) : List.of();
      if (folders.isEmpty()) {
        throw new AdminFailure(
            "There is no Maildir in %s: no directory named cur or new".formatted(directory));
      }
      return target.run(folders, ExportState.isOf(directory));
    }
  }

  @Command(
      name = "eml",
      description = {
        "Imports files that hold one message each.",
        "In a directory, those that end in .eml; what is in a directory below it goes to the folder"
            + " of its name."
      },
      mixinStandardHelpOptions = true)
  static final class Eml implements Callable<Integer> {
    @Mixin Target target = new Target();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files or directories.")
    List<Path> sources = List.of();

    @Override
    public Integer call() throws Exception {
      List<MailFolder> folders = new ArrayList<>();
      for (Path source : sources) {
        folders.addAll(EmlFolder.folders(readable(source)));
      }
      if (folders.isEmpty()) {
        throw new AdminFailure("There is no file that ends in .eml below " + sources.get(0));
      }
      return target.run(folders, false);
    }
  }
}
