package io.mainstem.app.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.mainstem.app.Mainstem;
import io.mainstem.config.Config;
import io.mainstem.config.Log;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mainstem [serve]}: runs a node until it is told to stop. */
@Command(
    name = "serve",
    description = "Runs a node (the default).",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  private static final Duration START_LIMIT = Duration.ofMinutes(10);

  @Mixin Settings settings = new Settings();

  @Option(
      names = "--demo",
      description =
          "Makes three people with a few days of conversations, once per data directory, and prints"
              + " how to look at them.")
  boolean demo;

  @Override
  public Integer call() throws Exception {
    Config config = settings.load();
    setLevel(config.log());
    Mainstem node = await(Mainstem.start(config, demo), START_LIMIT);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "stop"));
    System.out.println(readyLine(node));
    System.out.print(node.greeting(config.data(), sinceStart()));
    System.out.flush();
    new CountDownLatch(1).await();
    return 0;
  }

  private static Duration sinceStart() {
    // Not of the process: a script that builds first and then becomes this program would be counted
    // in.
    return Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
  }

  private static String readyLine(Mainstem node) {
    String addresses =
        node.addresses().entrySet().stream()
            .filter(gateway -> !gateway.getKey().equals("admin"))
            .map(gateway -> gateway.getKey() + "=" + gateway.getValue() + " ")
            .collect(Collectors.joining());
    return "mainstem ready " + addresses + "data=" + node.data().root();
  }

  /**
   * Runs as the shutdown hook. A JVM that a signal ends would exit with 128 + its number; a clean
   * stop is 0.
   */
  private static void stop(Mainstem node) {
    int code = 0;
    try {
      await(node.stop(), node.stopAtMost());
    } catch (Exception e) {
      System.err.println("mainstem: the stop was not clean: " + e);
      code = 1;
    }
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(code);
  }

  private static <T> T await(Future<T> future, Duration limit) throws Exception {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (TimeoutException e) {
      throw new TimeoutException("not done within " + limit);
    }
  }

  private static void setLevel(Log log) {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (factory instanceof LoggerContext logback) {
      logback.getLogger("io.mainstem").setLevel(Level.toLevel(log.level().name()));
    }
  }
}
