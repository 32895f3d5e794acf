package io.mainstem.store.cassandra;

import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.Function;

/** Replicas that answer what a test lets them; whatever else is asked of them is a failure. */
final class ScriptedReplicas {
  private ScriptedReplicas() {}

  /**
   * @param answers by the name of the method, each to its arguments
   */
  static Replicas answering(Map<String, Function<Object[], Future<?>>> answers) {
    return (Replicas)
        Proxy.newProxyInstance(
            Replicas.class.getClassLoader(),
            new Class<?>[] {Replicas.class},
            (proxy, method, arguments) -> {
              Function<Object[], Future<?>> answer = answers.get(method.getName());
              if (answer == null) {
                throw new AssertionError(method.getName() + " is not to be asked");
              }
              return answer.apply(arguments);
            });
  }
}
