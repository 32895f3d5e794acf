package io.mainstem.counts;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.net.URI;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one Redis: opened at once, given up when an answer does not come in time, and
 * tried again and again while the server is away. Confined to its context.
 */
final class RedisLink {
  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

  private final Vertx vertx;
  private final ContextInternal context;
  private final io.mainstem.config.Redis config;
  private final String place;
  private final RedisOptions options;
  private final String script;
  private final Runnable onOpen;

  /** One for each connection: a client that is closed cuts the line, a connection only lends it. */
  private @Nullable Redis client;

  private @Nullable RedisConnection connection;
  private String scriptHash = "";
  private boolean away;
  private boolean closed;

  /**
   * @param script loaded into the server before anything else
   * @param onOpen called on the context whenever the server is there, at first and again
   */
  RedisLink(
      Vertx vertx,
      ContextInternal context,
      String server,
      io.mainstem.config.Redis config,
      String script,
      Runnable onOpen) {
    this.vertx = vertx;
    this.context = context;
    this.config = config;
    this.script = script;
    this.onOpen = onOpen;
    URI uri = URI.create(server);
    this.place = uri.getHost() + ":" + uri.getPort();
    this.options =
        new RedisOptions()
            .setConnectionString(server)
            .setMaxPoolSize(1)
            .setMaxPoolWaiting(1)
            // Each read and each write of a batch waits here for its answer.
            .setMaxWaitingHandlers(config.maxReads() + config.batch() + 16)
            .setNetClientOptions(
                new NetClientOptions()
                    .setConnectTimeout(config.timeoutMillis())
                    .setTcpNoDelay(true)
                    .setHostnameVerificationAlgorithm("HTTPS"));
  }

  void open() {
    if (closed) {
      return;
    }
    Redis made = Redis.createClient(vertx, options);
    client = made;
    inTime(made.connect().compose(this::loadScript))
        .onComplete(
            done -> {
              if (made != client) {
                return; // closed in the meantime
              }
              if (done.failed()) {
                onAway(done.cause());
              } else {
                onConnected(done.result());
              }
            });
  }

  private Future<RedisConnection> loadScript(RedisConnection to) {
    return to.send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(script))
        .map(
            hash -> {
              scriptHash = hash.toString();
              return to;
            });
  }

  private void onConnected(RedisConnection to) {
    connection = to;
    to.exceptionHandler(broken -> context.runOnContext(go -> onLost(to, broken)));
    to.endHandler(
        end -> context.runOnContext(go -> onLost(to, new Away("the connection was ended"))));
    if (away) {
      away = false;
      log.info("The redis at {} is back; counts are written again", place);
    }
    onOpen.run();
  }

  private void onLost(RedisConnection which, Throwable cause) {
    if (which == connection) {
      onAway(cause);
    }
  }

  private void onAway(Throwable cause) {
    cut();
    if (closed) {
      return;
    }
    if (!away) {
      away = true;
      log.warn(
          "The redis at {} is away ({}); counts are asked of the mailboxes",
          place,
          cause instanceof Away ? cause.getMessage() : cause.toString());
    }
    vertx.setTimer(config.retryMillis(), again -> open());
  }

  private void cut() {
    Redis gone = client;
    client = null;
    connection = null;
    if (gone != null) {
      gone.close();
    }
  }

  boolean isOpen() {
    return connection != null;
  }

  /** By which the server knows the script. */
  String scriptHash() {
    return scriptHash;
  }

  /** Fails at once while the server is away, and soon when it does not answer; then it is away. */
  <T> Future<T> ask(Function<RedisConnection, Future<T>> question) {
    RedisConnection to = connection;
    if (to == null) {
      return context.failedFuture(new Away("it is away"));
    }
    return inTime(question.apply(to)).onFailure(failure -> onLost(to, failure));
  }

  private <T> Future<T> inTime(Future<T> answer) {
    Promise<T> bounded = context.promise();
    long timer =
        vertx.setTimer(
            config.timeoutMillis(),
            late -> bounded.tryFail(new Away("no answer in " + config.timeoutMillis() + " ms")));
    answer.onComplete(
        done -> {
          vertx.cancelTimer(timer);
          if (done.succeeded()) {
            bounded.tryComplete(done.result());
          } else {
            bounded.tryFail(done.cause());
          }
        });
    return bounded.future();
  }

  void close() {
    closed = true;
    cut();
  }

  /** Redis does not answer; nobody's fault that a client should hear of. */
  static final class Away extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Away(String text) {
      super(text, null, false, false);
    }
  }
}
