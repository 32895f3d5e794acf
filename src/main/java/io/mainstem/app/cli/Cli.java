package io.mainstem.app.cli;

import io.mainstem.app.StartFailure;
import io.mainstem.app.Version;
import io.mainstem.bench.BenchCommand;
import io.mainstem.bench.faults.FaultsCommand;
import io.mainstem.bench.faults.WarmCommand;
import io.mainstem.config.ConfigException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;

/**
 * All commands, and what their failures look like: one line that says what is wrong, without a
 * stack trace.
 */
@Command(
    name = "mainstem",
    description = "Mail and chat with the same person, in one conversation.",
    footer = {
      "",
      "Without a command, mainstem serves. Settings are explained in conf/mainstem.yaml."
    },
    subcommands = {
      ServeCommand.class,
      UserCommand.class,
      CellCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      DeadLettersCommand.class,
      BenchCommand.class,
      FaultsCommand.class,
      WarmCommand.class
    },
    mixinStandardHelpOptions = true,
    versionProvider = Cli.Versions.class)
public final class Cli {
  private static final int FAILED = 1;
  private static final int MISCONFIGURED = 2;

  private Cli() {}

  /** Runs one command line; the process should end with the returned code. */
  public static int run(String... args) {
    // From Java 22 to 24 there is a console even when nobody sits at it, unless the plain one is
    // asked for.
    System.setProperty("jdk.console", "java.base");
    CommandLine line = new CommandLine(new Cli());
    line.setExecutionExceptionHandler(Cli::onFailure);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line.execute(withCommand(args));
  }

  /** {@code mainstem --data DIR} is {@code mainstem serve --data DIR}. */
  private static String[] withCommand(String[] args) {
    boolean own =
        args.length > 0 && (!args[0].startsWith("-") || args[0].matches("-h|--help|-V|--version"));
    if (own) {
      return args;
    }
    var served = new String[args.length + 1];
    served[0] = "serve";
    System.arraycopy(args, 0, served, 1, args.length);
    return served;
  }

  private static int onFailure(Exception failure, CommandLine line, ParseResult parsed)
      throws Exception {
    PrintWriter err = line.getErr();
    return switch (failure) {
      case ConfigException bad -> {
        err.println("mainstem: " + bad.getMessage());
        yield MISCONFIGURED;
      }
      case StartFailure known -> {
        err.println("mainstem: " + known.getMessage());
        yield FAILED;
      }
      case AdminFailure known -> {
        err.println("mainstem: " + known.getMessage());
        yield FAILED;
      }
      default -> {
        failure.printStackTrace(err);
        yield FAILED;
      }
    };
  }

  /** The version and the Java that it runs on. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"mainstem %s, Java %s".formatted(Version.text(), Runtime.version())};
    }
  }
}
