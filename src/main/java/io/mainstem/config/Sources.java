package io.mainstem.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Where settings come from: each method adds to, and overrides, what is in the given map. */
final class Sources {
  private static final String PREFIX = "MAINSTEM_";
  private static final long MAX_FILE_BYTES = 1 << 20;

  private final Collection<String> keys;
  private final Map<String, Setting> settings = new TreeMap<>();

  Sources(Collection<String> keys) {
    this.keys = keys;
  }

  Map<String, Setting> settings() {
    return settings;
  }

  /** A YAML file; sections nest as the keys do. */
  void addFile(Path file) {
    JsonNode root;
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new ConfigException("The configuration file %s is larger than 1 MiB".formatted(file));
      }
      root =
          YAMLMapper.builder()
              .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
              .build()
              .readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new ConfigException(
          "The configuration file %s is not YAML at line %d: %s"
              .formatted(file, line, e.getOriginalMessage()));
    } catch (NoSuchFileException e) {
      throw new ConfigException("The configuration file %s does not exist".formatted(file));
    } catch (IOException e) {
      throw new ConfigException("The configuration file %s cannot be read: %s".formatted(file, e));
    }
    if (root.isNull() || root.isMissingNode()) {
      return;
    }
    if (!root.isObject()) {
      throw new ConfigException(
          "The configuration file %s must hold sections such as http:".formatted(file));
    }
    addTree(root, "", file.toString());
  }

  private void addTree(JsonNode node, String prefix, String origin) {
    node.properties()
        .forEach(
            entry -> {
              String key = prefix + entry.getKey();
              JsonNode value = entry.getValue();
              boolean section = keys.stream().anyMatch(known -> known.startsWith(key + "."));
              if (section && value.isObject()) {
                addTree(value, key + ".", origin);
              } else if (section && value.isNull()) {
                return; // A section whose keys are all commented out.
              } else if (section || value.isObject() || value.isNull()) {
                add(new Setting(key, value.toString(), origin), value.isObject() || section);
              } else if (value.isArray()) {
                var items = new ArrayList<String>();
                value.forEach(item -> items.add(item.asText()));
                add(new Setting(key, String.join(",", items), origin), false);
              } else {
                add(new Setting(key, value.asText(), origin), false);
              }
            });
  }

  /** The environment: {@code http.session.seconds} is {@code MAINSTEM_HTTP_SESSION_SECONDS}. */
  void addEnvironment(Map<String, String> environment) {
    Map<String, String> names =
        keys.stream().collect(Collectors.toMap(Sources::variableOf, key -> key));
    var sections =
        keys.stream()
            .filter(key -> key.contains("."))
            .map(Sources::variableOf)
            .map(Sources::sectionOf)
            .distinct()
            .toList();
    new TreeMap<>(environment)
        .forEach(
            (name, value) -> {
              String key = names.get(name);
              if (key != null) {
                add(new Setting(key, value, "environment variable " + name), false);
              } else if (name.startsWith(PREFIX)
                  && name.indexOf('_', PREFIX.length()) > 0
                  && sections.contains(sectionOf(name))) {
                // Variables of other sections belong to others (MAINSTEM_DEMO_PASSWORD), a misspelt
                // key does not.
                throw new ConfigException(
                    "The environment variable %s is not a setting. Allowed in this section: %s"
                        .formatted(
                            name,
                            names.keySet().stream()
                                .filter(known -> sectionOf(known).equals(sectionOf(name)))
                                .sorted()
                                .collect(Collectors.joining(", "))));
              }
            });
  }

  /** {@code --set key=value}. */
  void addAssignments(List<String> assignments) {
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        throw new ConfigException(
            "--set %s is not allowed: write --set key=value".formatted(assignment));
      }
      add(
          new Setting(
              assignment.substring(0, equals).strip(), assignment.substring(equals + 1), "--set"),
          false);
    }
  }

  void add(Setting setting) {
    add(setting, false);
  }

  private void add(Setting setting, boolean wrongShape) {
    if (!keys.contains(setting.key())) {
      throw unknown(setting);
    }
    if (wrongShape) {
      throw ConfigException.badValue(setting, "a single value, not a section");
    }
    settings.put(setting.key(), setting);
  }

  private ConfigException unknown(Setting setting) {
    String section =
        setting.key().contains(".")
            ? setting.key().substring(0, setting.key().indexOf('.') + 1)
            : setting.key() + ".";
    var siblings = keys.stream().filter(key -> key.startsWith(section)).toList();
    String allowed =
        siblings.isEmpty()
            ? "the sections "
                + keys.stream()
                    .map(key -> key.contains(".") ? key.substring(0, key.indexOf('.')) : key)
                    .distinct()
                    .collect(Collectors.joining(", "))
            : String.join(", ", siblings);
    return new ConfigException(
        "%s = \"%s\" (%s) is not a setting. Allowed: %s"
            .formatted(setting.key(), setting.value(), setting.origin(), allowed));
  }

  static String variableOf(String key) {
    return PREFIX
        + key.replace('.', '_').replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
  }

  private static String sectionOf(String variable) {
    int end = variable.indexOf('_', PREFIX.length());
    return end < 0 ? variable : variable.substring(0, end);
  }
}
