package io.mainstem.app.cli;

import io.mainstem.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every command has which needs a configuration. */
final class Settings {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in YAML (default: none, all settings have defaults).")
  @Nullable Path file;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory of everything durable; short for --set data=DIR (default: ./data).")
  @Nullable Path data;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting; may be given again, and beats file and environment.")
  List<String> assignments = new ArrayList<>();

  Config load() {
    var all = new ArrayList<>(assignments);
    if (data != null) {
      all.add("data=" + data);
    }
    return Config.load(file, System.getenv(), all);
  }
}
