package io.mainstem.bench;

import io.mainstem.bench.ServerProcess.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One server that can be killed, frozen, stopped, and started again with the same data at the same
 * address.
 */
public final class NodeProcess implements AutoCloseable {
  private final String name;
  private final Path data;
  private final ServerProcess.Start how;
  private final Endpoint door;
  private @Nullable ServerProcess server;

  /**
   * @param how with what makes this node another than its neighbours
   */
  public NodeProcess(String name, Path data, ServerProcess.Start how, int httpPort) {
    this.name = name;
    this.data = data;
    this.how = how.with("--set", "http.port=" + httpPort);
    this.door = new Endpoint("127.0.0.1", httpPort);
  }

  /**
   * Another that would have its place, but for some settings.
   *
   * @param settings as {@code key=value}
   */
  public NodeProcess with(Path otherData, String... settings) {
    ServerProcess.Start other = how;
    for (String setting : settings) {
      other = other.with("--set", setting);
    }
    return new NodeProcess(name, otherData, other, door.port());
  }

  public String name() {
    return name;
  }

  /** Where clients reach it. */
  public Endpoint door() {
    return door;
  }

  /** Starts it and waits until it is ready. */
  public void start() throws IOException, InterruptedException {
    server = ServerProcess.start(data, how);
  }

  public boolean isAlive() {
    return server != null && server.isAlive();
  }

  /** The running process. */
  public ServerProcess server() {
    return Objects.requireNonNull(server, "it has not been started");
  }

  /** SIGKILL; gone when this returns. */
  public void kill() throws InterruptedException {
    server().kill();
  }

  /** SIGTERM; the exit code. */
  public int stop() throws InterruptedException {
    return server().stop();
  }

  /** SIGSTOP: it keeps its connections and says nothing. */
  public void freeze() throws IOException, InterruptedException {
    Signals.send(server().handle().pid(), "STOP");
  }

  /** SIGCONT: it goes on as if no time had passed. */
  public void thaw() throws IOException, InterruptedException {
    Signals.send(server().handle().pid(), "CONT");
  }

  @Override
  public void close() {
    if (server != null && server.isAlive()) {
      server.close();
    }
  }
}
