package io.mainstem.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration of one node.
 *
 * @param data the directory that holds everything durable; made with mode 0700 when absent
 */
public record Config(
    @Default("./data") @NotBlank Path data,
    Http http,
    Smtp smtp,
    Submission submission,
    Imap imap,
    Tls tls,
    Admin admin,
    Store store,
    Blob blob,
    Mime mime,
    Mailbox mailbox,
    Delivery delivery,
    Counts counts,
    Directory directory,
    Cell cell,
    Health health,
    Log log) {

  /** What a node without any setting runs with. */
  public static Config defaults() {
    return of(Map.of());
  }

  /**
   * The defaults with some keys set, for tests and tools: {@code Config.of(Map.of("http.port",
   * "0"))}.
   */
  public static Config of(Map<String, String> settings) {
    var sources = new Sources(keys());
    settings.forEach((key, value) -> sources.add(new Setting(key, value, "program")));
    return Records.fill(Config.class, sources.settings());
  }

  /**
   * Reads all sources, the later beating the earlier: file, environment, assignments.
   *
   * @param assignments texts {@code key=value} of the command line
   * @throws ConfigException when a key is unknown or a value is not allowed
   */
  public static Config load(
      @Nullable Path file, Map<String, String> environment, List<String> assignments) {
    var sources = new Sources(keys());
    if (file != null) {
      sources.addFile(file);
    }
    sources.addEnvironment(environment);
    sources.addAssignments(assignments);
    return Records.fill(Config.class, sources.settings());
  }

  /** Every key that exists. */
  public static Set<String> keys() {
    return Records.keysOf(Config.class).keySet();
  }

  /** The default of a key, as it is written in the file. */
  public static String defaultOf(String key) {
    return Records.defaultOf(
        key, Objects.requireNonNull(Records.keysOf(Config.class).get(key), key));
  }
}
