package io.mainstem.counts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.mainstem.config.Redis;
import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Query.CountsAt;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The counts in the Redis of one data center. What is to be written waits in a map by user, the
 * newest only, and leaves in batches, one at a time. May be called from anywhere.
 */
final class RedisLine {
  /** Writes unless what is there is newer; what is there already lives on. */
  private static final String KEEP_NEWER =
      """
      local old = redis.call('HMGET', KEYS[1], 'g', 's')
      local g, s = tonumber(old[1]), tonumber(old[2])
      local generation, seq = tonumber(ARGV[1]), tonumber(ARGV[2])
      if g and s and (g > generation or (g == generation and s > seq)) then
        return 0
      end
      redis.call('HSET', KEYS[1], 'g', ARGV[1], 's', ARGV[2], 'u', ARGV[3], 'r', ARGV[4])
      redis.call('EXPIRE', KEYS[1], ARGV[5])
      return 1
      """;

  private final Vertx vertx;
  private final ContextInternal context;
  private final Redis config;
  private final RedisLink link;

  /** Not written yet; bounded by {@code remember}, and as many once the server is back. */
  private final Map<UserId, CountsAt> dirty = new ConcurrentHashMap<>();

  /** Written, and written again to a Redis that was away: it may have forgotten. */
  private final Cache<UserId, CountsAt> written;

  private final AtomicBoolean draining = new AtomicBoolean();
  private final AtomicLong dropped = new AtomicLong();
  private volatile boolean closed;

  /** Under way; confined to the context. */
  private int reads;

  RedisLine(Vertx vertx, String server, Redis config) {
    this.vertx = vertx;
    this.context = ((VertxInternal) vertx).createEventLoopContext();
    this.config = config;
    this.written =
        Caffeine.newBuilder()
            .maximumSize(config.remember())
            .expireAfterWrite(Duration.ofSeconds(config.ttlSeconds()))
            .build();
    this.link = new RedisLink(vertx, context, server, config, KEEP_NEWER, this::onOpen);
    context.runOnContext(go -> link.open());
  }

  // ---- writing

  /** Takes a value to be written, soon or when Redis is back. */
  void write(UserId user, CountsAt counts) {
    if (closed) {
      return;
    }
    if (dirty.size() >= config.remember() && !dirty.containsKey(user)) {
      dropped.incrementAndGet();
      return;
    }
    dirty.merge(user, counts, RedisLine::newer);
    drainSoon();
  }

  /** Values that wait to be written. */
  int waiting() {
    return dirty.size();
  }

  /** Values that were not written since too many waited. */
  long dropped() {
    return dropped.get();
  }

  private void onOpen() {
    written.asMap().forEach((user, counts) -> dirty.merge(user, counts, RedisLine::newer));
    drainSoon();
  }

  private void drainSoon() {
    if (draining.compareAndSet(false, true)) {
      context.runOnContext(go -> drain());
    }
  }

  private void drain() {
    List<Map.Entry<UserId, CountsAt>> batch = link.isOpen() ? nextBatch() : List.of();
    if (batch.isEmpty()) {
      rest();
      return;
    }
    link.ask(to -> to.batch(requests(batch)))
        .onSuccess(
            answers -> {
              for (var entry : batch) {
                dirty.remove(entry.getKey(), entry.getValue());
                written.asMap().merge(entry.getKey(), entry.getValue(), RedisLine::newer);
              }
              drain();
            })
        .onFailure(failure -> rest());
  }

  /** Nothing to do, or no server to do it with: it goes on when that is back. */
  private void rest() {
    draining.set(false);
    if (!dirty.isEmpty() && link.isOpen()) {
      drainSoon(); // came in between the two looks
    }
  }

  private List<Map.Entry<UserId, CountsAt>> nextBatch() {
    var batch = new ArrayList<Map.Entry<UserId, CountsAt>>();
    for (var entry : dirty.entrySet()) {
      batch.add(Map.entry(entry.getKey(), entry.getValue()));
      if (batch.size() == config.batch()) {
        break;
      }
    }
    return batch;
  }

  private List<Request> requests(List<Map.Entry<UserId, CountsAt>> batch) {
    return batch.stream()
        .map(
            entry -> {
              CountsAt at = entry.getValue();
              return Request.cmd(Command.EVALSHA)
                  .arg(link.scriptHash())
                  .arg(1)
                  .arg(key(entry.getKey()))
                  .arg(at.cursor().generation())
                  .arg(at.cursor().seq())
                  .arg(at.counts().unread())
                  .arg(at.counts().requests())
                  .arg(config.ttlSeconds());
            })
        .toList();
  }

  // ---- reading

  /** The counts, as far as Redis has them. Fails, soon, when it is away or has too much to do. */
  Future<Optional<CountsAt>> read(UserId user) {
    Promise<Optional<CountsAt>> answered = ((ContextInternal) vertx.getOrCreateContext()).promise();
    context.runOnContext(
        go -> {
          if (reads >= config.maxReads()) {
            answered.fail(new RedisLink.Away("it has too much to do"));
            return;
          }
          reads++;
          link.ask(to -> to.send(fields(user)))
              .map(RedisLine::parse)
              // What this node has not written yet may be newer.
              .map(found -> found.map(at -> newer(at, dirty.getOrDefault(user, at))))
              .onComplete(
                  done -> {
                    reads--;
                    answered.handle(done);
                  });
        });
    return answered.future();
  }

  private Request fields(UserId user) {
    return Request.cmd(Command.HMGET).arg(key(user)).arg("g").arg("s").arg("u").arg("r");
  }

  private static Optional<CountsAt> parse(Response fields) {
    for (Response field : fields) {
      if (field == null) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new CountsAt(
            new Counts(fields.get(2).toInteger(), fields.get(3).toInteger()),
            new Cursor(fields.get(0).toInteger(), fields.get(1).toLong())));
  }

  /** Writes what waits, as long as that takes no longer than a Redis may be silent, and closes. */
  Future<Void> close() {
    Promise<Void> done = Promise.promise();
    long until = System.nanoTime() + Duration.ofMillis(config.timeoutMillis()).toNanos();
    context.runOnContext(go -> closeWhenWritten(until, done));
    return done.future();
  }

  private void closeWhenWritten(long until, Promise<Void> done) {
    if (!dirty.isEmpty() && link.isOpen() && System.nanoTime() - until < 0) {
      vertx.setTimer(5, again -> closeWhenWritten(until, done));
      return;
    }
    closed = true;
    link.close();
    done.complete();
  }

  private String key(UserId user) {
    return config.prefix() + user.value();
  }

  private static CountsAt newer(CountsAt one, CountsAt other) {
    Cursor a = one.cursor();
    Cursor b = other.cursor();
    boolean isNewer =
        b.generation() > a.generation() || b.generation() == a.generation() && b.seq() >= a.seq();
    return isNewer ? other : one;
  }
}
