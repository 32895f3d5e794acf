package io.mainstem.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
  private static final Path DOCUMENTED = Path.of("conf/mainstem.yaml");
  private static final Pattern LINE =
      Pattern.compile("^( *)([A-Za-z0-9]+):(?: +(\\S.*?))?(?: +# (\\S.*))?$");

  @TempDir private Path directory;

  @Test
  void defaultsAreWhatTheContractSays() {
    Config config = Config.defaults();
    assertEquals(8080, config.http().port());
    assertEquals(2525, config.smtp().port());
    assertEquals(2587, config.submission().port());
    assertEquals(2143, config.imap().port());
    assertEquals("127.0.0.1", config.http().host());
    assertEquals("127.0.0.1", config.smtp().host());
    assertEquals("127.0.0.1", config.submission().host());
    assertEquals(Path.of("./data"), config.data());
  }

  @Test
  void documentedFileNamesEveryKeyWithItsDefaultAndAComment() throws IOException {
    Map<String, String> documented = readDocumented();
    Map<String, String> expected =
        Config.keys().stream()
            .collect(
                Collectors.toMap(key -> key, Config::defaultOf, (a, b) -> a, LinkedHashMap::new));
    assertEquals(lines(expected), lines(documented));
  }

  @Test
  void documentedFileLoadsAsTheDefaults() {
    assertEquals(Config.defaults(), Config.load(DOCUMENTED, Map.of(), List.of()));
  }

  @Test
  void everyKeyCanBeSetByItsVariable() {
    Map<String, String> environment =
        Config.keys().stream().collect(Collectors.toMap(Sources::variableOf, Config::defaultOf));
    assertEquals(Config.keys().size(), environment.size());
    assertEquals(Config.defaults(), Config.load(null, environment, List.of()));
  }

  @Test
  void laterSourcesWin() throws IOException {
    Path file =
        write(
            "http:\n"
                + "  port: 1\n"
                + "  hosts: [a.example, b.example]\n"
                + "smtp:\n"
                + "  port: 1\n"
                + "submission:\n"
                + "  port: 1\n");
    Config config =
        Config.load(
            file,
            Map.of("MAINSTEM_SMTP_PORT", "2", "MAINSTEM_SUBMISSION_PORT", "2"),
            List.of("submission.port=3"));
    assertEquals(
        List.of(1, 2, 3),
        List.of(config.http().port(), config.smtp().port(), config.submission().port()));
    assertEquals(List.of("a.example", "b.example"), config.http().hosts());
  }

  @Test
  void sizesTakeUnits() {
    assertEquals(3L << 20, Config.of(Map.of("http.maxUploadBytes", "3m")).http().maxUploadBytes());
    assertEquals(4096, Config.of(Map.of("http.maxUploadBytes", "4K")).http().maxUploadBytes());
    assertEquals(1L << 30, Config.of(Map.of("http.maxUploadBytes", "1g")).http().maxUploadBytes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http.port=65536             | http.port       | 65536   | 0 to 65535
          http.port=-1                | http.port       | -1      | 0 to 65535
          http.port=x                 | http.port       | x       | 0 to 65535
          http.port=                  | http.port       | ''      | 0 to 65535
          http.port=9223372036854775808 | http.port     | 9223372036854775808 | 0 to 65535
          http.maxBodyBytes=8388608g  | http.maxBodyBytes | 8388608g | k, m or g
          http.maxBodyBytes=m         | http.maxBodyBytes | m     | k, m or g
          store.sync=yes              | store.sync      | yes     | true or false
          http.host=                  | http.host       | ''      | not empty
          submission.authWithoutTls=x | submission.authWithoutTls | x | never, loopback, always
          imap.port=70000             | imap.port       | 70000   | 65535
          tls.key=a.pem               | tls.key         | a.pem   | both or neither
          http.prot=1                 | http.prot       | 1       | http.port
          htpp.port=1                 | htpp.port       | 1       | http
          http=1                      | http            | 1       | http.port
          delivery.retryFirstMillis=900001 | delivery.retryFirstMillis | 900001 | at most
          """)
  void whatIsNotAllowedIsNamed(String assignment, String key, String value, String allowed) {
    String message =
        assertThrows(ConfigException.class, () -> Config.load(null, Map.of(), List.of(assignment)))
            .getMessage();
    assertTrue(message.contains(key + " = \"" + value + "\""), message);
    assertTrue(message.contains(allowed), message);
  }

  @Test
  void misspeltVariableIsRefusedAndVariablesOfOthersAreNot() {
    String message =
        assertThrows(
                ConfigException.class,
                () -> Config.load(null, Map.of("MAINSTEM_HTTP_PROT", "1"), List.of()))
            .getMessage();
    assertTrue(
        message.contains("MAINSTEM_HTTP_PROT") && message.contains("MAINSTEM_HTTP_PORT"), message);
    assertEquals(
        Config.defaults(),
        Config.load(null, Map.of("MAINSTEM_DEMO_PASSWORD", "x", "PATH", "y"), List.of()));
  }

  @Test
  void brokenFilesSayWhere() throws IOException {
    assertTrue(refusal("http:\n  port: [1\n").contains("line"));
    assertTrue(refusal("http:\n  port: 1\n  port: 2\n").contains("Duplicate"));
    assertTrue(refusal("just text").contains("sections"));
    assertTrue(refusal("http:\n  port: {a: 1}\n").contains("http.port"));
    assertTrue(refusal("http:\n  port:\n").contains("http.port"));
    assertTrue(refusal("http: 8080\n").contains("http = \"8080\""));
    assertTrue(refusal("http:\n  prot: 1\n").contains("http.prot"));
    String absent =
        assertThrows(
                ConfigException.class,
                () -> Config.load(directory.resolve("absent"), Map.of(), List.of()))
            .getMessage();
    assertTrue(absent.contains("does not exist"), absent);
  }

  @Test
  void emptyFileAndEmptySectionChangeNothing() throws IOException {
    assertEquals(Config.defaults(), Config.load(write(""), Map.of(), List.of()));
    assertEquals(Config.defaults(), Config.load(write("http:\n"), Map.of(), List.of()));
  }

  private String refusal(String yaml) throws IOException {
    Path file = write(yaml);
    String message =
        assertThrows(ConfigException.class, () -> Config.load(file, Map.of(), List.of()))
            .getMessage();
    assertTrue(message.contains(file.toString()), message);
    return message;
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(directory.resolve("conf.yaml"), yaml);
  }

  private static String lines(Map<String, String> keys) {
    return keys.entrySet().stream()
        .map(e -> e.getKey() + ": " + e.getValue())
        .collect(Collectors.joining("\n"));
  }

  /** Reads the file line by line, because comments are what a YAML parser leaves out. */
  private static Map<String, String> readDocumented() throws IOException {
    var found = new LinkedHashMap<String, String>();
    var path = new ArrayDeque<String>();
    for (String line : Files.readAllLines(DOCUMENTED)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      var matcher = LINE.matcher(line);
      assertTrue(matcher.matches(), "Not a key, its value and a comment: " + line);
      while (path.size() > matcher.group(1).length() / 2) {
        path.removeLast();
      }
      path.addLast(matcher.group(2));
      if (matcher.group(3) != null && !matcher.group(3).startsWith("#")) {
        assertTrue(matcher.group(4) != null, "No comment: " + line);
        found.put(String.join(".", path), matcher.group(3).replaceAll("^(\"\"|\\[(.*)\\])$", "$2"));
      }
    }
    return found;
  }
}
