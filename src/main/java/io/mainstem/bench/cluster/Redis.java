package io.mainstem.bench.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A Redis server that keeps nothing over a start; its binary comes out of a JAR. */
final class Redis {
  private Redis() {}

  static ToolProcess at(int port, Path room, Tools tools) throws IOException {
    Path binary = room.resolve("redis-server");
    if (!Files.exists(binary)) {
      unpack(tools, binary);
    }
    return new ToolProcess(
        "redis",
        List.of(
            binary.toString(),
            "--port",
            String.valueOf(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            room.toString()),
        port,
        room.resolve("redis-" + port + ".log"));
  }

  private static void unpack(Tools tools, Path binary) throws IOException {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String kind =
        (system.contains("mac") ? "darwin" : "linux")
            + "-"
            + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");
    for (Path jar : tools.jars("redis")) {
      try (var zip = new ZipFile(jar.toFile())) {
        ZipEntry entry =
            zip.stream()
                .filter(each -> each.getName().matches("redis-server-[^/]*" + kind))
                .findFirst()
                .orElse(null);
        if (entry != null) {
          try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, binary, StandardCopyOption.REPLACE_EXISTING);
          }
          if (!binary.toFile().setExecutable(true)) {
            throw new IOException(binary + " cannot be made executable");
          }
          return;
        }
      }
    }
    throw new IOException("there is no Redis for " + kind + " in " + tools.jars("redis"));
  }
}
