package io.mainstem;

import io.mainstem.app.cli.Cli;

/** The entrance: hands the command line to {@link Cli} and ends the process with its exit code. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(Cli.run(args));
  }
}
