package io.mainstem.bench.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks S3 and keeps objects in files, as a process. Its jars are no part of this
 * program: Maven lists them, with those of the tests, in target/cluster-classpath.
 */
public final class ObjectStoreProcess implements AutoCloseable {
  private static final Path CLASS_PATH = Path.of("target", "cluster-classpath");
  private static final Duration START = Duration.ofMinutes(2);
  private static final String BUCKET = "mainstem";
  private static final String NAME = "mainstem";
  private static final String SECRET = "a secret among processes";

  private final Process process;
  private final String endpoint;

  private ObjectStoreProcess(Process process, String endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** What is missing on this machine; null when nothing is. */
  public static @Nullable String missing() {
    return Files.exists(CLASS_PATH)
        ? null
        : CLASS_PATH + ", which lists the jars of an object store; scripts/faults makes it";
  }

  static ObjectStoreProcess start(Path room, int port) throws IOException, InterruptedException {
    Files.createDirectories(room.resolve("objects").resolve(BUCKET));
    String endpoint = "http://127.0.0.1:" + port;
    Path settings = room.resolve("objects.properties");
    Files.write(
        settings,
        List.of(
            "s3proxy.endpoint=" + endpoint,
            "s3proxy.authorization=aws-v4",
            "s3proxy.identity=" + NAME,
            "s3proxy.credential=" + SECRET,
            "jclouds.provider=filesystem-nio2",
            "jclouds.filesystem.basedir=" + room.resolve("objects").toAbsolutePath()));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Files.readString(CLASS_PATH).strip(),
                "org.gaul.s3proxy.Main",
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(room.resolve("objects.log").toFile())
            .start();
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        return new ObjectStoreProcess(process, endpoint);
      } catch (IOException notYet) {
        if (process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
          process.destroyForcibly();
          throw new IOException("no object store; see " + room.resolve("objects.log"), notYet);
        }
      }
    }
  }

  CellRig.ObjectStore settings() {
    return new CellRig.ObjectStore(endpoint, BUCKET, NAME, SECRET);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
