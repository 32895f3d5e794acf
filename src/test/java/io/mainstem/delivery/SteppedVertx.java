package io.mainstem.delivery;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * As much of a Vert.x as delivery and the directory use, in virtual time and one thread: one
 * context, and timers that fire when the test lets time pass. Whatever else is asked of it fails
 * the test.
 */
public final class SteppedVertx {
  private record Task(long atMillis, long order, long timer, Runnable work)
      implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private final Set<Long> timers = new HashSet<>();
  private final Vertx vertx = proxy(Vertx.class, (self, m, args) -> onVertx(m.getName(), args));
  private final Context context =
      proxy(Context.class, (self, m, args) -> onContext(m.getName(), args));
  private long nowMillis;
  private long last;

  public Vertx vertx() {
    return vertx;
  }

  public long nowMillis() {
    return nowMillis;
  }

  /** Does this when so much time has passed. */
  public void after(long millis, Runnable work) {
    tasks.add(new Task(nowMillis + millis, ++last, 0, work));
  }

  /** Lets time pass, and everything happen that is due meanwhile. */
  public void pass(long millis) {
    long until = nowMillis + millis;
    for (Task next = tasks.peek(); next != null && next.atMillis() <= until; next = tasks.peek()) {
      tasks.remove();
      nowMillis = next.atMillis();
      if (next.timer() == 0 || timers.remove(next.timer())) {
        next.work().run();
      }
    }
    nowMillis = until;
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @SuppressWarnings("unchecked")
  private Object onVertx(String method, Object[] arguments) {
    return switch (method) {
      case "setTimer" -> {
        long id = ++last;
        timers.add(id);
        var handler = (Handler<Long>) arguments[1];
        tasks.add(new Task(nowMillis + (long) arguments[0], ++last, id, () -> handler.handle(id)));
        yield id;
      }
      case "cancelTimer" -> timers.remove((long) arguments[0]);
      case "getOrCreateContext" -> context;
      default -> throw new UnsupportedOperationException("Vertx." + method);
    };
  }

  @SuppressWarnings("unchecked")
  private Object onContext(String method, Object[] arguments) {
    return switch (method) {
      case "runOnContext" -> {
        after(0, () -> ((Handler<Void>) arguments[0]).handle(null));
        yield Future.succeededFuture();
      }
      default -> throw new UnsupportedOperationException("Context." + method);
    };
  }
}
