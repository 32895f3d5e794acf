package io.mainstem.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A server that speaks S3 and keeps objects in files. */
final class ObjectStore {
  static final String BUCKET = "mainstem";
  static final String ACCESS_KEY = "cluster";
  static final String SECRET_KEY = "a secret of this machine";

  private ObjectStore() {}

  static ToolProcess at(int port, Path room, Tools tools) throws IOException {
    Path objects = room.resolve("objects");
    Files.createDirectories(objects.resolve(BUCKET));
    Path settings =
        Files.writeString(
            room.resolve("s3proxy.properties"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            jclouds.provider=filesystem-nio2
            jclouds.identity=none
            jclouds.credential=none
            jclouds.filesystem.basedir=%s
            """
                .formatted(port, ACCESS_KEY, SECRET_KEY, objects));
    Path quiet =
        Files.writeString(
            room.resolve("logback.xml"),
            """
            <configuration>
              <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d %level %logger %msg%n</pattern></encoder>
              </appender>
              <root level="WARN"><appender-ref ref="out"/></root>
            </configuration>
            """);
    return new ToolProcess(
        "s3proxy",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=" + quiet,
            "-cp",
            tools.classPath("s3proxy"),
            "org.gaul.s3proxy.Main",
            "--properties",
            settings.toString()),
        port,
        room.resolve("s3proxy.log"));
  }
}
