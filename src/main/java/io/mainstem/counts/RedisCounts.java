package io.mainstem.counts;

import io.mainstem.config.Redis;
import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query.CountsAt;
import io.mainstem.mailbox.host.CountSink;
import io.mainstem.message.UserId;
import io.mainstem.stage.Stages;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;

/** Writes counts to every data center and reads them from the own. Thread-safe. */
public final class RedisCounts implements CountSink {
  private final List<RedisLine> lines;
  private final Counter fromRedis;
  private final Counter fromOwner;

  /**
   * Connects when there is something to write or to read.
   *
   * @param config with at least one server
   */
  public RedisCounts(Vertx vertx, Redis config, Stages stages) {
    this.lines =
        config.servers().stream().map(server -> new RedisLine(vertx, server, config)).toList();
    this.fromRedis = reads(stages, "redis");
    this.fromOwner = reads(stages, "owner");
    for (int i = 0; i < lines.size(); i++) {
      String number = String.valueOf(i);
      Gauge.builder("mainstem.counts.waiting", lines.get(i), RedisLine::waiting)
          .description("Counts that wait to be written to a redis")
          .tag("server", number)
          .register(stages.registry());
      FunctionCounter.builder("mainstem.counts.dropped", lines.get(i), RedisLine::dropped)
          .description("Counts that were not written, since too many waited")
          .tag("server", number)
          .register(stages.registry());
    }
  }

  private static Counter reads(Stages stages, String source) {
    return Counter.builder("mainstem.counts.read")
        .description("Counts that were asked for, by who answered")
        .tag("source", source)
        .register(stages.registry());
  }

  @Override
  public void onCounts(UserId user, Counts counts, Cursor cursor) {
    var at = new CountsAt(counts, cursor);
    lines.forEach(line -> line.write(user, at));
  }

  /** The same mailboxes, but that their counts are read here first. */
  public MailboxService before(MailboxService mailboxes) {
    return new CountedMailboxes(this, mailboxes);
  }

  /** Empty when the own data center's Redis has none or does not answer. Never fails. */
  Future<Optional<CountsAt>> read(UserId user) {
    return lines
        .get(0)
        .read(user)
        .otherwise(away -> Optional.empty())
        .onSuccess(found -> (found.isPresent() ? fromRedis : fromOwner).increment());
  }

  public Future<Void> close() {
    return Future.join(lines.stream().map(RedisLine::close).toList()).mapEmpty();
  }
}
