package io.mainstem.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the machine itself can do, measured beside every figure. */
final class Machine {
  private static final long PROBE_NANOS = 1_000_000_000L;

  private Machine() {}

  /** Synced writes of 4 KiB a second, one after another, in this directory. */
  static double fsyncPerSecond(Path directory) throws IOException {
    Path file = Files.createTempFile(directory, "probe", ".sync");
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      var block = ByteBuffer.allocate(4096);
      long began = System.nanoTime();
      long count = 0;
      while (System.nanoTime() - began < PROBE_NANOS) {
        block.clear();
        channel.write(block, (count % 1024) * 4096);
        channel.force(false);
        count++;
      }
      return count * 1e9 / (System.nanoTime() - began);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** How many descriptors a process may have open. */
  static int openFileLimit() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
      if (line.startsWith("Max open files")) {
        return (int)
            Math.min(1_000_000, Long.parseLong(line.substring(26).strip().split("\\s+", 2)[0]));
      }
    }
    return 1024;
  }
}
