package io.mainstem.bench.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Programs that are no part of this one, as class paths that Maven has written down.
 *
 * @param directory of the files {@code s3proxy} and {@code redis}
 */
public record Tools(Path directory) {
  /** Where {@code scripts/cluster} puts them. */
  public static final Tools HERE = new Tools(Path.of("target", "tools"));

  /** As Java takes it. */
  String classPath(String tool) throws IOException {
    Path list = directory.resolve(tool);
    if (!Files.exists(list)) {
      throw new IOException("where " + tool + " lies is not known: run scripts/cluster once");
    }
    return Files.readString(list).strip();
  }

  /** What is not there of the tools, in words; null when all are. */
  @Nullable String missing() {
    for (String tool : List.of("redis", "s3proxy")) {
      if (!Files.exists(directory.resolve(tool))) {
        return "where " + tool + " lies is not known: run scripts/cluster --once, or scripts/test";
      }
    }
    return null;
  }

  List<Path> jars(String tool) throws IOException {
    return Arrays.stream(classPath(tool).split(File.pathSeparator)).map(Path::of).toList();
  }
}
