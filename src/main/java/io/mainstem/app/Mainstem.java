package io.mainstem.app;

import io.mainstem.config.Config;
import io.mainstem.ops.AdminServer;
import io.mainstem.ops.HealthWatch;
import io.mainstem.ops.Metrics;
import io.mainstem.stage.Stages;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One node: builds every part and hands it to the next, and takes them down in the opposite order. */
public final class Mainstem {
  private final Config config;
  private final DataDirectory data;
  private final Vertx vertx;
  private final Metrics metrics;
  private final HealthWatch health;
  private final AdminServer admin;

  private Mainstem(
      Config config, DataDirectory data, Vertx vertx, Metrics metrics, HealthWatch health, AdminServer admin) {
    this.config = config;
    this.data = data;
    this.vertx = vertx;
    this.metrics = metrics;
    this.health = health;
    this.admin = admin;
  }

  /** Starts a node; the Future fails with a {@link StartFailure} when there is something that its operator can do. */
  public static Future<Mainstem> start(Config config) {
    DataDirectory data;
    try {
      data = DataDirectory.open(config.data());
    } catch (StartFailure e) {
      return Future.failedFuture(e);
    }
    Vertx vertx = Vertx.vertx(new VertxOptions());
    var metrics = new Metrics();
    var stages = new Stages(metrics.registry(), System::nanoTime);
    HealthWatch health;
    try {
      health = new HealthWatch(vertx, stages, config.health(), data.root());
    } catch (IOException e) {
      return close(vertx, data::close).compose(closed -> Future.failedFuture(e));
    }
    Promise<Mainstem> started = Promise.promise();
    Listening.named(
            AdminServer.start(vertx, config.admin(), data.root(), List.of()), "admin", "127.0.0.1", config.admin().port())
        .map(admin -> new Mainstem(config, data, vertx, metrics, health, admin))
        .compose(node -> vertx.executeBlocking(node::announce, false))
        .onSuccess(started::complete)
        .onFailure(
            failure ->
                close(
                        vertx,
                        () -> {
                          metrics.close();
                          data.close();
                        })
                    .onComplete(closed -> started.fail(failure)));
    return started.future();
  }

  /**
   * Ends Vert.x and then runs the rest. The returned Future belongs to no context: one of a context would wait for an event loop
   * that is gone.
   */
  private static Future<Void> close(Vertx vertx, Runnable rest) {
    Promise<Void> closed = Promise.promise();
    vertx
        .close()
        .onComplete(
            done -> {
              rest.run();
              closed.handle(done);
            });
    return closed.future();
  }

  /** Where the gateways listen, by name; those that are off are left out. */
  public Map<String, String> addresses() {
    var addresses = new LinkedHashMap<String, String>();
    addresses.put("admin", admin.address());
    return addresses;
  }

  public Config config() {
    return config;
  }

  public DataDirectory data() {
    return data;
  }

  private Mainstem announce() throws IOException {
    var ready = new JsonObject();
    addresses().forEach(ready::put);
    ready.put("data", data.root().toString()).put("pid", ProcessHandle.current().pid()).put("version", Version.text());
    data.writeReady(ready);
    return this;
  }

  /** Finishes what is under way, refuses what is new, and lets the data directory go. */
  public Future<Void> stop() {
    health.drain();
    Promise<Void> stopped = Promise.promise();
    vertx
        .executeBlocking(
            () -> {
              data.removeReady();
              return null;
            },
            false)
        .compose(removed -> admin.stop())
        .onComplete(
            drained -> {
              health.close();
              close(
                      vertx,
                      () -> {
                        metrics.close();
                        data.close();
                      })
                  .onComplete(closed -> stopped.handle(drained.failed() ? drained : closed));
            });
    return stopped.future();
  }
}
