package io.mainstem.bench.faults;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the network does with a node that it cuts off: packets from its address and to it vanish,
 * connections stay as they are and say nothing. Only in a network namespace that this run has for
 * itself, which {@code scripts/faults} makes where it may.
 */
record Blackhole(String address) implements Rig.Part {
  /** Set by whoever started this process in a network namespace of its own. */
  private static final boolean ALLOWED = Boolean.getBoolean("mainstem.faults.namespace");

  static boolean isAllowed() {
    return ALLOWED;
  }

  @Override
  public void kill() throws IOException, InterruptedException {
    // The rule that delivers to this machine stands first; ours must be asked before it.
    if (rules().contains("0:\tfrom all lookup local")) {
      ip("rule", "add", "pref", "10", "lookup", "local");
      ip("rule", "del", "pref", "0");
    }
    ip("rule", "add", "pref", "1", "from", address, "blackhole");
    ip("rule", "add", "pref", "2", "to", address, "blackhole");
  }

  @Override
  public void start() throws IOException, InterruptedException {
    ip("rule", "del", "pref", "1");
    ip("rule", "del", "pref", "2");
  }

  private static String rules() throws IOException, InterruptedException {
    return ip("rule", "show");
  }

  @CanIgnoreReturnValue
  private static String ip(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add("ip");
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("mainstem-ip", "");
    try {
      int code =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start()
              .waitFor();
      String said = Files.readString(output);
      if (code != 0) {
        throw new IOException(command + " ended with " + code + ": " + said);
      }
      return said;
    } finally {
      Files.delete(output);
    }
  }
}
