package io.mainstem.bench.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program that listens on one port of this machine, started again on the same. */
public final class ToolProcess implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(5);

  private final String name;
  private final List<String> command;
  private final int port;
  private final Path log;
  private @Nullable Process process;

  ToolProcess(String name, List<String> command, int port, Path log) {
    this.name = name;
    this.command = command;
    this.port = port;
    this.log = log;
    Runtime.getRuntime().addShutdownHook(new Thread(this::destroy));
  }

  public int port() {
    return port;
  }

  /** Starts it and waits until it takes connections. */
  public void start() throws IOException, InterruptedException {
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process = started;
    long end = System.nanoTime() + START.toNanos();
    while (!isListening()) {
      if (started.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw new IOException(name + " ended with " + started.exitValue() + "; see " + log);
      }
      if (System.nanoTime() > end) {
        throw new IOException(name + " did not listen within " + START + "; see " + log);
      }
    }
  }

  private boolean isListening() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** SIGKILL; gone when this returns. */
  public void kill() {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
  }

  private void destroy() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
