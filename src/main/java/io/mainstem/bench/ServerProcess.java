package io.mainstem.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own, on free ports, with its data in a directory of the caller's.
 */
public final class ServerProcess implements AutoCloseable {
  /**
   * The one option that {@code docs/operations.md} asks for: left alone, G1 lets the young
   * generation grow until collecting it takes 200 ms, which is what the slowest messages then wait.
   */
  private static final String SHORT_PAUSES = "-XX:MaxGCPauseMillis=20";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START = Duration.ofMinutes(5);

  private final Process process;
  private final JsonNode ready;
  private final Path data;
  private final Duration readyIn;
  private final HttpClient http = HttpClient.newHttpClient();

  private ServerProcess(Process process, JsonNode ready, Path data, Duration readyIn) {
    this.process = process;
    this.ready = ready;
    this.data = data;
    this.readyIn = readyIn;
  }

  /**
   * How a server is started: options of its Java, a command to run it under (strace …), and its own
   * arguments.
   */
  public record Start(List<String> under, List<String> javaOptions, List<String> arguments) {
    public static final Start PLAIN = new Start(List.of(), List.of(), List.of());

    public Start with(String... more) {
      var all = new ArrayList<>(arguments);
      all.addAll(List.of(more));
      return new Start(under, javaOptions, List.copyOf(all));
    }

    public Start java(String... more) {
      var all = new ArrayList<>(javaOptions);
      all.addAll(List.of(more));
      return new Start(under, List.copyOf(all), arguments);
    }

    public Start under(String... command) {
      return new Start(List.of(command), javaOptions, arguments);
    }
  }

  /**
   * Starts a server and waits until it says that it is ready; its output goes to {@code data.log}
   * beside the directory.
   */
  public static ServerProcess start(Path data, Start how) throws IOException, InterruptedException {
    var command = new ArrayList<>(how.under());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(program(how.javaOptions()));
    command.addAll(
        List.of(
            "serve",
            "--data",
            data.toString(),
            "--set",
            "http.port=0",
            "--set",
            "smtp.port=0",
            "--set",
            "submission.port=0",
            "--set",
            "imap.port=0",
            "--set",
            "admin.port=0"));
    command.addAll(how.arguments());
    Files.deleteIfExists(data.resolve("ready.json"));
    File log = new File(data + ".log");
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    long end = began + START.toNanos();
    Path readyFile = data.resolve("ready.json");
    while (System.nanoTime() < end) {
      if (!process.isAlive()) {
        throw new IOException(
            "the server ended with "
                + process.exitValue()
                + "; see "
                + log
                + "\n"
                + tail(log.toPath()));
      }
      if (Files.exists(readyFile)) {
        try {
          JsonNode ready = JSON.readTree(readyFile.toFile());
          if (ready.hasNonNull("http")) {
            return new ServerProcess(
                process, ready, data, Duration.ofNanos(System.nanoTime() - began));
          }
        } catch (IOException half) {
          // The file is being written: read it again.
        }
      }
      if (process.waitFor(5, TimeUnit.MILLISECONDS)) {
        continue;
      }
    }
    process.destroyForcibly();
    throw new IOException(
        "the server was not ready within " + START + "; see " + log + "\n" + tail(log.toPath()));
  }

  /**
   * What a Java is told to run the program. A JAR is run as people run it, since Java takes an AOT
   * cache only with the options that it was made with: what the JAR's manifest opens is not asked
   * for once more.
   */
  public static List<String> program(List<String> javaOptions) {
    var command = new ArrayList<String>();
    command.add(SHORT_PAUSES);
    command.addAll(javaOptions);
    String jar = jar();
    if (jar != null) {
      command.addAll(List.of("-jar", jar));
      return command;
    }
    command.add("--enable-native-access=ALL-UNNAMED");
    if (Runtime.version().feature() >= 23) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.mainstem.Main"));
    return command;
  }

  /**
   * The JAR that servers are started from, with its whole path; null: from classes, as in an
   * editor.
   */
  public static @Nullable String jar() {
    String jar = System.getProperty("mainstem.jar", System.getProperty("java.class.path"));
    return jar.endsWith(".jar") && !jar.contains(File.pathSeparator)
        ? Path.of(jar).toAbsolutePath().toString()
        : null;
  }

  private static String tail(Path log) {
    try {
      String all = Files.readString(log);
      return all.substring(Math.max(0, all.length() - 2000));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The address of a gateway: {@code http}, {@code smtp}, {@code submission}, {@code imap}, {@code
   * admin}.
   */
  public Endpoint endpoint(String gateway) {
    String text = ready.get(gateway).asText();
    int colon = text.lastIndexOf(':');
    return new Endpoint(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  /** As {@link #endpoint}; empty when it is off. */
  public Optional<Endpoint> find(String gateway) {
    return ready.hasNonNull(gateway) ? Optional.of(endpoint(gateway)) : Optional.empty();
  }

  /** A host and a port. */
  public record Endpoint(String host, int port) {}

  public Path data() {
    return data;
  }

  /** From the start of the process to its word that it is ready. */
  public Duration readyIn() {
    return readyIn;
  }

  public ProcessHandle handle() {
    long pid = ready.path("pid").asLong(process.pid());
    return ProcessHandle.of(pid).orElse(process.toHandle());
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** CPU time that the server has used, all threads. */
  public Duration cpu() {
    return handle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Resident memory, bytes (Linux; 0 elsewhere). */
  public long residentBytes() {
    return statusKib("VmRSS:") * 1024;
  }

  private long statusKib(String field) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + handle().pid() + "/status"))) {
        if (line.startsWith(field)) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Calls the admin API with the token of the data directory; the answer's body. */
  @CanIgnoreReturnValue
  public JsonNode admin(String method, String path, Map<String, ?> body)
      throws IOException, InterruptedException {
    Endpoint at = endpoint("admin");
    var request =
        HttpRequest.newBuilder(URI.create("http://" + at.host() + ":" + at.port() + path))
            .header(
                "Authorization", "Bearer " + Files.readString(data.resolve("admin.token")).strip())
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(
          method + " " + path + ": " + response.statusCode() + " " + response.body());
    }
    return response.body().isBlank() ? JSON.createObjectNode() : JSON.readTree(response.body());
  }

  public String metrics() throws IOException, InterruptedException {
    Endpoint at = endpoint("http");
    return http.send(
            HttpRequest.newBuilder(URI.create("http://" + at.host() + ":" + at.port() + "/metrics"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** SIGKILL, and waits until the process is gone. */
  public void kill() throws InterruptedException {
    handle().destroyForcibly();
    process.waitFor();
  }

  /** SIGTERM; the exit code. */
  public int stop() throws InterruptedException {
    handle().destroy();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      kill();
      return -1;
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    handle().destroy();
    try {
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        kill();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
