package io.mainstem.app;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program as a process: what it prints, the file that it leaves, the code that it ends with.
 */
class ProcessTest {
  private static final Duration LIMIT = Duration.ofSeconds(180);
  private static final List<String> FREE_PORTS =
      List.of(
          "--set",
          "http.port=0",
          "--set",
          "smtp.port=0",
          "--set",
          "submission.port=0",
          "--set",
          "imap.port=0");

  @TempDir private Path directory;

  @Test
  void servesUntilSigterm() throws Exception {
    Path data = directory.resolve("data");
    var arguments = new ArrayList<>(FREE_PORTS);
    Collections.addAll(arguments, "--data", data.toString());
    Process node = mainstem(arguments);
    try {
      await()
          .atMost(LIMIT)
          .until(() -> Files.exists(data.resolve("ready.json")) || !node.isAlive());
      JsonObject ready = DataDirectory.readReady(data);
      assertTrue(ready != null, this::output);
      assertEquals(node.pid(), ready.getLong("pid"));
      assertEquals(data.toString(), ready.getString("data"));
      await().atMost(LIMIT).until(() -> output().contains("mainstem ready "));
      assertEquals(1, run(List.of("serve", "--data", data.toString())));
      assertTrue(output().contains("in use by process " + node.pid()), this::output);
      accountsAreMadeAndChanged(data);
      node.destroy();
      assertTrue(node.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
      assertEquals(0, node.exitValue(), this::output);
      assertFalse(Files.exists(data.resolve("ready.json")));
    } finally {
      node.destroyForcibly();
    }
    assertEquals(1, run(List.of("user", "list", "--data", data.toString())));
    assertTrue(output().contains("No server runs on"), this::output);
  }

  private void accountsAreMadeAndChanged(Path data) throws Exception {
    assertEquals(0, user(data, "add", "erin", "--password", "first-password"), this::output);
    assertTrue(output().contains("Added erin@mainstem.test"), this::output);
    assertEquals(1, user(data, "add", "erin", "--password", "first-password"), this::output);
    assertEquals(1, user(data, "passwd", "nobody", "--password", "other-password"), this::output);
    assertEquals(0, user(data, "passwd", "erin", "--password", "other-password"), this::output);
    assertEquals(0, user(data, "disable", "erin@mainstem.test"), this::output);
    assertEquals(0, user(data, "list"), this::output);
    assertTrue(
        output().lines().anyMatch(line -> line.matches("erin +erin@mainstem.test +disabled")),
        this::output);
    assertFalse(
        output().contains("first-password") || output().contains("other-password"), this::output);
  }

  private int user(Path data, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("user"));
    Collections.addAll(command, arguments);
    Collections.addAll(command, "--data", data.toString());
    return run(command);
  }

  @Test
  void badSettingEndsWithTwoAndIsNamed() throws Exception {
    assertEquals(
        2,
        run(List.of("--set", "http.port=99999", "--data", directory.resolve("data").toString())));
    assertTrue(
        output()
            .contains(
                "http.port = \"99999\" (--set) is not allowed: a whole number from 0 to 65535"),
        this::output);
    assertFalse(Files.exists(directory.resolve("data")));
  }

  @Test
  void busyPortIsNamedWithTheSettingThatAvoidsIt() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      var arguments = new ArrayList<>(FREE_PORTS);
      Collections.addAll(
          arguments,
          "--data",
          directory.resolve("data").toString(),
          "--set",
          "admin.port=" + taken.getLocalPort());
      assertEquals(1, run(arguments));
      assertTrue(output().contains("--set admin.port="), this::output);
      assertFalse(output().contains("\tat "), this::output);
    }
  }

  private int run(List<String> arguments) throws IOException, InterruptedException {
    Process process = mainstem(arguments);
    try {
      assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS), this::output);
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private Process mainstem(List<String> arguments) throws IOException {
    var command = new ArrayList<String>();
    Collections.addAll(
        command,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        "io.mainstem.Main");
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("output").toFile()))
        .start();
  }

  private String output() {
    try {
      return Files.readString(directory.resolve("output"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
