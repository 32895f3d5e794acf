package io.mainstem.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.bench.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache that {@code mainstem warm} makes is one that Java takes for this JAR. */
class WarmIT {
  private static final int LEAST_JAVA = 25;

  @TempDir Path room;

  @Test
  void aNodeStartsWithWhatWasLearned() throws Exception {
    Path cache = room.resolve("mainstem.aot");
    Path said = room.resolve("said");
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            String.valueOf(ServerProcess.jar()),
            "warm",
            cache.toString(),
            "--seconds",
            "3");
    Process warm =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    assertTrue(warm.waitFor(8, TimeUnit.MINUTES), "it ends");
    if (Runtime.version().feature() < LEAST_JAVA) {
      assertEquals(1, warm.exitValue());
      assertTrue(Files.readString(said).contains("Java 25 or newer"), Files.readString(said));
      return;
    }
    assertEquals(0, warm.exitValue(), Files.readString(said));

    // With AOTMode=on a Java that cannot use the cache does not start.
    Path data = room.resolve("data");
    try (var server =
        ServerProcess.start(
            data, ServerProcess.Start.PLAIN.java(Training.using(cache), "-XX:AOTMode=on"))) {
      assertTrue(server.isAlive());
    }
    assertFalse(Files.readString(Path.of(data + ".log")).contains("[aot]"), "nothing to complain");
  }
}
