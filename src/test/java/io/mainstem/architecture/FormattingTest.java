package io.mainstem.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every source reads as google-java-format writes it; {@code scripts/format} brings it there. */
class FormattingTest {
  private static final List<String> COMPILER_PARTS =
      List.of("api", "code", "file", "parser", "tree", "util");

  @TempDir private Path directory;

  @Test
  void sourcesAreFormatted() throws Exception {
    List<String> sources = sources();
    assertTrue(
        sources.size() > 100,
        "Only " + sources.size() + " sources were found: the rule would hold of nothing");
    assertEquals("", unformatted(sources), "Run scripts/format");
  }

  @Test
  void misplacedBraceIsFound() throws Exception {
    Path crooked = Files.writeString(directory.resolve("Crooked.java"), "class Crooked\n{\n}\n");
    assertEquals(crooked.toString(), unformatted(List.of(crooked.toString())).strip());
  }

  private static List<String> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      return files.map(Path::toString).filter(name -> name.endsWith(".java")).sorted().toList();
    }
  }

  /**
   * What the formatter would change or cannot read, one file a line. It runs apart, for it reaches
   * into the compiler.
   */
  private String unformatted(List<String> sources) throws IOException, InterruptedException {
    Path list = Files.write(directory.resolve("sources"), sources);
    Path output = directory.resolve("output");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    COMPILER_PARTS.forEach(
        part ->
            command.add("--add-exports=jdk.compiler/com.sun.tools.javac." + part + "=ALL-UNNAMED"));
    command.addAll(
        List.of(
            "-cp", System.getProperty("java.class.path"), "com.google.googlejavaformat.java.Main"));
    command.addAll(List.of("--dry-run", "@" + list));
    Process formatter =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(formatter.waitFor(9, TimeUnit.MINUTES), "The formatter does not end");
    } finally {
      formatter.destroyForcibly();
    }
    String said = Files.readString(output, StandardCharsets.UTF_8);
    assertEquals(0, formatter.exitValue(), said);
    return said;
  }
}
