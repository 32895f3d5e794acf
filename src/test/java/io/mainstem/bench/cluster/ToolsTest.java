package io.mainstem.bench.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cluster on one machine runs the versions that the tests run. */
class ToolsTest {
  @ParameterizedTest
  @CsvSource({
    "cassandra, cassandra-all",
    "redis, embedded-redis",
    "s3proxy, s3proxy",
    "s3proxy, logback-classic"
  })
  void versionsAreThoseOfTheTests(String tool, String artifact) throws Exception {
    assertEquals(
        version(Path.of("pom.xml"), artifact),
        version(Path.of("scripts", "tools", tool + "-pom.xml"), artifact));
  }

  private static String version(Path pom, String artifact) throws Exception {
    Matcher found =
        Pattern.compile("<artifactId>" + artifact + "</artifactId><version>([^<]+)</version>")
            .matcher(Files.readString(pom));
    if (!found.find()) {
      throw new AssertionError(artifact + " is not in " + pom);
    }
    return found.group(1);
  }
}
