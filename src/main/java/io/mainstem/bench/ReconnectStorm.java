package io.mainstem.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.bench.ServerProcess.Endpoint;
import io.mainstem.bench.faults.RoamingStream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * All devices are at one node when it is killed. Each comes back to another by its cursor, after a
 * delay of its own ({@link RoamingStream.Patience#DEFAULT}), while each person is written to; a
 * device's time runs from the kill until it has that message. Devices must have it once.
 */
final class ReconnectStorm {
  static final int PEOPLE = 100;
  private static final String WRITER = "storm-writer";
  private static final Duration BOUND = Duration.ofMinutes(3);
  private static final Duration RETRY = Duration.ofMillis(200);

  /** What people may have at a node, so that as many devices as wanted fit. */
  static ServerProcess.Start roomFor(ServerProcess.Start how, int devices) {
    String each = String.valueOf(devices / PEOPLE + 1);
    return how.with(
        "--set", "http.stream.maxPerUser=" + each, "--set", "mailbox.watchersPerUser=" + each);
  }

  /**
   * @param p50 and the others: milliseconds from the kill, over devices
   * @param cpu seconds of the nodes that are left, from the kill until the last device has all
   */
  record Measured(double p50, double p99, double max, double cpu) {}

  private final Lab lab;
  private final List<NodeProcess> nodes;
  private final int devices;
  private final List<Device> all = new ArrayList<>();
  private int told;
  private @Nullable String wrong;

  ReconnectStorm(Lab lab, List<NodeProcess> nodes, int devices) {
    this.lab = lab;
    this.nodes = nodes;
    this.devices = devices;
  }

  /** Kills the last node. */
  Measured run() throws Exception {
    NodeProcess dying = nodes.getLast();
    List<NodeProcess> left = nodes.subList(0, nodes.size() - 1);
    Lab.addUsers(nodes.getFirst().server(), "storm", PEOPLE);
    nodes
        .getFirst()
        .server()
        .admin("POST", "/admin/users", Map.of("name", WRITER, "password", Lab.PASSWORD));
    var loop = new EventLoop(lab.vertx().getOrCreateContext());
    var client = new ChatClient(lab.vertx(), nodes.getFirst().door(), Duration.ofSeconds(5));
    WebSocketClient sockets =
        lab.vertx()
            .createWebSocketClient(
                new WebSocketClientOptions().setConnectTimeout(1000).setMaxConnections(devices));
    try {
      String writer = get(client.login(WRITER, Lab.PASSWORD));
      connect(loop, sockets, client);
      until(loop, () -> all.stream().allMatch(Device::isFollowing));
      Duration cpuBefore = cpu(left);
      long killedNanos = System.nanoTime();
      dying.kill();
      for (int i = 0; i < PEOPLE; i++) {
        write(client, writer, "storm" + i);
      }
      until(loop, () -> told == devices);
      Duration cpu = cpu(left).minus(cpuBefore);
      var times = new Histogram(BOUND.toNanos() * 2, 3);
      for (Device device : all) {
        times.recordValue(device.hasItNanos - killedNanos);
      }
      return new Measured(
          times.getValueAtPercentile(50) / 1e6,
          times.getValueAtPercentile(99) / 1e6,
          times.getMaxValue() / 1e6,
          cpu.toNanos() / 1e9);
    } finally {
      for (Device device : all) {
        device.stream.stop();
      }
      get(sockets.close());
      get(client.close());
    }
  }

  private void connect(EventLoop loop, WebSocketClient sockets, ChatClient client)
      throws Exception {
    List<Endpoint> doors = nodes.stream().map(NodeProcess::door).toList();
    for (int person = 0; person < PEOPLE; person++) {
      String token = get(client.login("storm" + person, Lab.PASSWORD));
      for (int i = person; i < devices; i += PEOPLE) {
        all.add(new Device(loop.context(), sockets, doors, token));
        all.getLast().stream.start();
      }
      until(loop, () -> all.stream().allMatch(Device::isFollowing));
    }
  }

  /** Until it is acknowledged, under one id. */
  private static void write(ChatClient client, String token, String to) throws Exception {
    var message =
        new JsonObject()
            .put("id", Ulids.next())
            .put("to", new JsonArray().add(to))
            .put("channel", "chat")
            .put("text", "Are you there again?");
    long end = System.nanoTime() + BOUND.toNanos();
    while (true) {
      try {
        get(client.call(HttpMethod.POST, "/api/v1/messages", token, message));
        return;
      } catch (IllegalStateException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(RETRY.toMillis());
      }
    }
  }

  private static Duration cpu(List<NodeProcess> nodes) {
    return nodes.stream().map(each -> each.server().cpu()).reduce(Duration.ZERO, Duration::plus);
  }

  private void until(EventLoop loop, BooleanSupplier condition) throws Exception {
    boolean came =
        loop.until(
            BOUND,
            () -> {
              if (wrong != null) {
                throw new IllegalStateException(wrong);
              }
              return condition.getAsBoolean();
            });
    if (!came) {
      throw new TimeoutException("not all devices came back");
    }
  }

  private final class Device implements RoamingStream.Listener {
    private final RoamingStream stream;
    private long hasItNanos;

    Device(Context context, WebSocketClient sockets, List<Endpoint> doors, String token) {
      stream =
          new RoamingStream(
              context,
              sockets,
              doors,
              doors.size() - 1,
              token,
              RoamingStream.Patience.DEFAULT,
              this);
    }

    boolean isFollowing() {
      return stream.isCaughtUp();
    }

    @Override
    public void onEntry(JsonNode frame) {
      for (JsonNode change : frame.path("changes")) {
        if (change.path("arrived").asBoolean()) {
          if (hasItNanos != 0) {
            wrong = "a device was told twice: " + frame;
          }
          hasItNanos = System.nanoTime();
          told++;
        }
      }
    }

    @Override
    public void onReset(JsonNode frame) {
      wrong = "a cursor was not known: " + frame;
    }

    /** It comes again: what that costs is in its time. */
    @Override
    public void onRefused(int status, String body) {}

    /** The same. */
    @Override
    public void onEnded(String why) {}

    @Override
    public void onOpen() {}

    @Override
    public void onAnswer(JsonNode answer) {}
  }

  @CanIgnoreReturnValue
  private static <T> T get(Future<T> future) throws InterruptedException {
    return EventLoop.await(future, BOUND);
  }
}
