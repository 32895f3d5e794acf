package io.mainstem.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed program, as people get it. */
class JarIT {
  private static final Duration LIMIT = Duration.ofSeconds(180);
  private static final Path JAR =
      Path.of(System.getProperty("mainstem.jar", "target/mainstem.jar"));

  @TempDir private Path directory;

  /**
   * What only a cell needs costs nobody else time or memory. (Two small classes of gRPC are made
   * known to Vert.x wherever its jar lies; its clients and servers are not.)
   */
  private static final List<String> FOR_CELLS_ONLY =
      List.of(
          "com.hazelcast.",
          "com.datastax.",
          "io.vertx.grpc.client.",
          "io.vertx.grpc.server.",
          "io.vertx.redis.");

  @Test
  void startsWithoutAWarningAndEndsWithZero() throws Exception {
    Path output = directory.resolve("output");
    Path classes = directory.resolve("classes");
    Process node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + classes + "::filecount=0",
                "-jar",
                JAR.toString(),
                "--data",
                directory.resolve("data").toString(),
                "--set",
                "http.port=0",
                "--set",
                "smtp.port=0",
                "--set",
                "submission.port=0",
                "--set",
                "imap.port=0")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      await()
          .atMost(LIMIT)
          .until(() -> Files.readString(output).contains("mainstem ready ") || !node.isAlive());
      node.destroy();
      assertTrue(node.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    } finally {
      node.destroyForcibly();
    }
    assertEquals(0, node.exitValue());
    List<String> lines = Files.readAllLines(output);
    assertTrue(
        lines.stream().anyMatch(line -> line.startsWith("mainstem ready http=127.0.0.1:")),
        lines.toString());
    assertTrue(
        lines.stream()
            // On a machine that stood still meanwhile, that is what Vert.x tells of its loops.
            .filter(line -> !line.contains("BlockedThreadChecker"))
            .noneMatch(line -> line.matches("(?i).*\\b(warn|warning|error|exception)\\b.*")),
        lines.toString());
    List<String> loaded = Files.readAllLines(classes);
    assertTrue(loaded.stream().anyMatch(line -> line.contains("io.mainstem.app.Mainstem ")));
    for (String prefix : FOR_CELLS_ONLY) {
      assertEquals(
          List.of(), loaded.stream().filter(line -> line.contains(" " + prefix)).limit(3).toList());
    }
  }

  @Test
  void firstClassCanBeReadByJava8() throws Exception {
    try (var jar = new JarFile(JAR.toFile())) {
      String main = jar.getManifest().getMainAttributes().getValue("Main-Class");
      assertEquals(52, classFileVersion(jar, main), main);
      assertEquals(65, classFileVersion(jar, "io.mainstem.Main"), "the rest is of Java 21");
    }
  }

  @Test
  void carriesNativePartsOfEveryPlatformAndEachFileOnce() throws Exception {
    try (var jar = new JarFile(JAR.toFile())) {
      for (String name :
          List.of(
              "librocksdbjni-linux64.so",
              "librocksdbjni-linux-aarch64.so",
              "librocksdbjni-osx-x86_64.jnilib",
              "librocksdbjni-osx-arm64.jnilib",
              "librocksdbjni-win64.dll")) {
        assertNotNull(jar.getEntry(name), name);
      }
      assertNotNull(jar.getEntry("webroot/index.html"));
      var names = new HashSet<String>();
      jar.stream()
          .filter(entry -> !entry.isDirectory())
          .map(ZipEntry::getName)
          .forEach(name -> assertTrue(names.add(name), name));
    }
  }

  private static int classFileVersion(JarFile jar, String name) throws IOException {
    try (var in =
        new DataInputStream(jar.getInputStream(jar.getEntry(name.replace('.', '/') + ".class")))) {
      assertEquals(0xCAFEBABE, in.readInt());
      return in.readInt() & 0xFFFF;
    }
  }
}
