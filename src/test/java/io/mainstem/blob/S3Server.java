package io.mainstem.blob;

import io.mainstem.bench.Ports;
import io.mainstem.blob.s3.S3Settings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * A server that speaks S3 and keeps objects in files: {@code directory/bucket/name}. It checks
 * signatures, as others do.
 */
public final class S3Server implements AutoCloseable {
  public static final String BUCKET = "mainstem-test";
  public static final String ACCESS_KEY = "tester";
  public static final String SECRET_KEY = "a secret of the test";

  private final Path directory;
  private final FilesystemNio2BlobStore files;
  private final int port;
  private S3Proxy server;

  public S3Server(Path directory) throws Exception {
    this.directory = directory;
    // Nobody else is given it while the server is down.
    this.port = new Ports().free();
    this.files = new FilesystemNio2BlobStore(directory.toString());
    files.createContainer(BUCKET);
    start();
  }

  /** Starts, again on the port of before. */
  public void start() throws Exception {
    server =
        S3Proxy.builder()
            .blobStore(files)
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
            .build();
    server.start();
  }

  public void stop() throws Exception {
    server.stop();
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** The file of an object. */
  public Path file(String name) {
    return directory.resolve(BUCKET).resolve(name);
  }

  /** How many objects there are. */
  public long objects() throws Exception {
    try (var all = Files.walk(directory.resolve(BUCKET))) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  /** For this server, with small bounds. */
  public S3Settings settings() {
    return new S3Settings(
        endpoint(),
        "us-east-1",
        BUCKET,
        "cell-a/",
        new S3Settings.Credentials(ACCESS_KEY, SECRET_KEY),
        true,
        8,
        1_000,
        2,
        Duration.ofMinutes(1),
        8,
        64 << 20,
        16 << 20,
        1_000,
        5_300,
        3,
        Duration.ofDays(1),
        Duration.ofDays(1));
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
