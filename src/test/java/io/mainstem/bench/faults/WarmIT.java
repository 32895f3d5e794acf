package io.mainstem.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mainstem.bench.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cache that {@code mainstem warm} makes is one that Java takes as people are told to start.
 */
class WarmIT {
  private static final int LEAST_JAVA = 25;
  private static final Path OPERATIONS = Path.of("docs/operations.md");
  private static final Path DOCKERFILE = Path.of("docker/Dockerfile");
  private static final String ENTRYPOINT = "ENTRYPOINT ";

  @TempDir Path room;

  @Test
  void aNodeStartsWithWhatWasLearned() throws Exception {
    String jar = String.valueOf(ServerProcess.jar());
    Path cache = room.resolve("mainstem.aot");
    Path said = room.resolve("said");
    Process warm = run(List.of("-jar", jar, "warm", cache.toString(), "--seconds", "3"), said);
    assertTrue(warm.waitFor(8, TimeUnit.MINUTES), "it ends");
    if (Runtime.version().feature() < LEAST_JAVA) {
      assertEquals(1, warm.exitValue());
      assertTrue(Files.readString(said).contains("Java 25 or newer"), Files.readString(said));
      return;
    }
    assertEquals(0, warm.exitValue(), Files.readString(said));

    String line =
        Files.readAllLines(said).stream()
            .filter(each -> each.startsWith("java "))
            .findFirst()
            .orElseThrow();
    starts("printed", List.of(line.split(" ")));
    String documented =
        line.replace(cache.toString(), "/opt/mainstem.aot").replace(jar, "/opt/mainstem.jar");
    assertTrue(
        Files.readString(OPERATIONS).contains(documented), OPERATIONS + " says " + documented);
    starts("image", entrypoint(cache, jar));
  }

  /** As the image starts it, but for where the files are. */
  private static List<String> entrypoint(Path cache, String jar) throws IOException {
    String line =
        Files.readAllLines(DOCKERFILE).stream()
            .filter(each -> each.startsWith(ENTRYPOINT))
            .findFirst()
            .orElseThrow();
    var words = new ArrayList<String>();
    new ObjectMapper()
        .readTree(line.substring(ENTRYPOINT.length()))
        .forEach(
            word ->
                words.add(
                    word.asText()
                        .replace("/opt/mainstem.aot", cache.toString())
                        .replace("/opt/mainstem.jar", jar)));
    return words.subList(0, words.indexOf("serve") + 1);
  }

  /** A Java that is told {@code AOTMode=on}, and cannot use the cache, does not start. */
  private void starts(String how, List<String> line) throws Exception {
    assertEquals("java", line.getFirst());
    Path data = room.resolve(how);
    Path log = room.resolve(how + ".log");
    var words = new ArrayList<String>();
    words.add("-XX:AOTMode=on");
    words.addAll(line.subList(1, line.size()));
    words.addAll(List.of("--data", data.toString()));
    for (String port : List.of("http", "smtp", "submission", "imap", "admin")) {
      words.addAll(List.of("--set", port + ".port=0"));
    }
    Process server = run(words, log);
    try {
      Awaitility.await()
          .atMost(Duration.ofMinutes(5))
          .until(() -> Files.exists(data.resolve("ready.json")) || !server.isAlive());
      assertTrue(server.isAlive(), words + "\n" + Files.readString(log));
      assertFalse(Files.readString(log).contains("[aot]"), Files.readString(log));
    } finally {
      server.destroy();
      if (!server.waitFor(2, TimeUnit.MINUTES)) {
        server.destroyForcibly().waitFor();
      }
    }
  }

  private static Process run(List<String> words, Path said) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(words);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
  }
}
