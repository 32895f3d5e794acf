package io.mainstem.simulation;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * As much of a Vert.x as the cell and its mailbox host use, on the simulated world: one context,
 * timers in virtual time. Whatever else is asked of it fails the run.
 */
final class SimulatedVertx {
  private final World world;
  private final World.Host host;
  private final Map<Long, Boolean> timers = new HashMap<>();
  private final Vertx vertx;
  private final Context context;

  /** Timers that a verticle has set while it started: they end with it. */
  private final Set<Long> ofVerticle = new HashSet<>();

  private long lastTimer;

  SimulatedVertx(World world, World.Host host) {
    this.world = world;
    this.host = host;
    this.vertx =
        proxy(Vertx.class, (self, method, arguments) -> onVertx(method.getName(), arguments));
    this.context =
        proxy(Context.class, (self, method, arguments) -> onContext(method.getName(), arguments));
  }

  Vertx vertx() {
    return vertx;
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @SuppressWarnings("unchecked")
  private Object onVertx(String method, Object[] arguments) throws Exception {
    return switch (method) {
      case "setTimer" -> timer((long) arguments[0], false, (Handler<Long>) arguments[1]);
      case "setPeriodic" -> timer((long) arguments[0], true, (Handler<Long>) arguments[1]);
      case "cancelTimer" -> timers.remove((long) arguments[0]) != null;
      case "getOrCreateContext" -> context;
      case "executeBlocking" -> Future.succeededFuture(((Callable<Object>) arguments[0]).call());
      case "deployVerticle" -> {
        long before = lastTimer;
        Future<?> started = ((Supplier<Deployable>) arguments[0]).get().deploy(context);
        for (long id = before + 1; id <= lastTimer; id++) {
          ofVerticle.add(id);
        }
        yield started.map(done -> "deployed");
      }
      case "undeploy" -> {
        timers.keySet().removeAll(ofVerticle);
        yield Future.succeededFuture();
      }
      default -> throw new UnsupportedOperationException("Vertx." + method);
    };
  }

  @SuppressWarnings("unchecked")
  private Object onContext(String method, Object[] arguments) {
    return switch (method) {
      case "owner" -> vertx;
      case "runOnContext" -> {
        world.after(host, 0, () -> ((Handler<Void>) arguments[0]).handle(null));
        yield Future.succeededFuture();
      }
      default -> throw new UnsupportedOperationException("Context." + method);
    };
  }

  private long timer(long millis, boolean again, Handler<Long> handler) {
    long id = ++lastTimer;
    timers.put(id, again);
    arm(id, millis, handler);
    return id;
  }

  private void arm(long id, long millis, Handler<Long> handler) {
    world.after(
        host,
        millis * 1000,
        () -> {
          Boolean again = timers.get(id);
          if (again == null) {
            return;
          }
          if (again) {
            arm(id, millis, handler);
          } else {
            timers.remove(id);
          }
          handler.handle(id);
        });
  }
}
