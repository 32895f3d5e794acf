package io.mainstem.counts;

import io.mainstem.bench.Ports;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;

/** A real Redis as a process, which keeps nothing over a start. */
public final class RedisProcess implements AutoCloseable {
  private static final int LONG_SECONDS = 120;

  private final int port;
  private RedisServer server;
  private ProcessHandle process;

  public RedisProcess() throws IOException {
    port = new Ports().free();
    start();
  }

  /** Starts, again on the port of before. */
  public void start() throws IOException {
    Set<Long> before =
        ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    server = RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"").build();
    server.start();
    process =
        ProcessHandle.current()
            .children()
            .filter(child -> !before.contains(child.pid()))
            .findFirst()
            .orElseThrow();
  }

  /** As SIGKILL does. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().orTimeout(LONG_SECONDS, TimeUnit.SECONDS).join();
  }

  /** As SIGSTOP does: connections are made, and nothing is answered. */
  public void freeze() throws Exception {
    signal("-STOP");
  }

  public void thaw() throws Exception {
    signal("-CONT");
  }

  private void signal(String signal) throws Exception {
    int code = new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("kill " + signal + " ended with " + code);
    }
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Sends one command over a connection of its own. */
  public @Nullable Response send(Vertx vertx, Command command, Object... arguments)
      throws Exception {
    try (Client client = client(vertx)) {
      return client.send(command, arguments);
    }
  }

  public Client client(Vertx vertx) {
    return new Client(Redis.createClient(vertx, url()));
  }

  /** Asks and waits for the answer. */
  public record Client(Redis redis) implements AutoCloseable {
    public @Nullable Response send(Command command, Object... arguments) throws Exception {
      Request request = Request.cmd(command);
      for (Object argument : arguments) {
        request.arg(String.valueOf(argument));
      }
      return redis
          .send(request)
          .toCompletionStage()
          .toCompletableFuture()
          .get(LONG_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
      redis.close().toCompletionStage().toCompletableFuture().get(LONG_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}
