package io.mainstem.delivery;

import io.mainstem.config.Delivery;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Query.Outgoing;
import io.mainstem.mailbox.host.Outbox;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import io.mainstem.stage.Stage;
import io.mainstem.stage.Stages;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/** Hands over what senders owe, and tells them what became of it. */
public final class Deliverer implements Outbox, AutoCloseable {
  private static final Transport NOWHERE =
      new Transport() {
        @Override
        public boolean reaches(Person recipient) {
          return true;
        }

        @Override
        public Future<Outcome> deliver(Outgoing outgoing) {
          return Future.succeededFuture(
              new Outcome.Refused("This server sends nothing to other servers yet."));
        }
      };

  /** Telling the reader that his senders know is bookkeeping, which may wait longer. */
  private static final int TOLD_INTERVALS = 10;

  /** The longest pause before something is asked of a mailbox of this server again. */
  private static final long RETRY_MAX_MILLIS = 10_000;

  /** The route to whom has no mailbox here. */
  private static final String ELSEWHERE = "elsewhere";

  private final Vertx vertx;
  private final MailboxService mailboxes;
  private final List<Transport> transports;
  private final Delivery config;
  private final StatusPace pace;
  private final Backoff backoff;
  private final InstantSource clock;
  private final Stage stage;
  private final StatusLine<Pair> reports;
  private final StatusLine<Pair> tolds;
  private final Backoff retryBackoff;
  private final Function<UserId, String> routeNames;
  private final Map<String, Route> routes = new ConcurrentHashMap<>();
  private final Map<UserId, SenderOutbox> outboxes = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** As the one below, where all recipients are reached or not together. */
  public Deliverer(
      Vertx vertx,
      MailboxService mailboxes,
      List<Transport> transports,
      Delivery config,
      StatusPace pace,
      Stages stages,
      InstantSource clock,
      RandomGenerator random) {
    this(vertx, mailboxes, transports, user -> "here", config, pace, stages, clock, random);
  }

  /**
   * @param transports asked in their order whether they reach a recipient; a recipient whom none
   *     reaches is refused
   * @param routeNames where a user's mailbox is now: those of one name are reached or not together.
   *     There are few names, and they are known at once
   */
  public Deliverer(
      Vertx vertx,
      MailboxService mailboxes,
      List<Transport> transports,
      Function<UserId, String> routeNames,
      Delivery config,
      StatusPace pace,
      Stages stages,
      InstantSource clock,
      RandomGenerator random) {
    this.vertx = vertx;
    this.mailboxes = mailboxes;
    this.transports = List.copyOf(transports);
    this.config = config;
    this.pace = pace;
    this.backoff = Backoff.of(config, random);
    this.retryBackoff =
        new Backoff(
            config.retryFirstMillis(),
            Math.max(
                config.retryFirstMillis(), Math.min(config.retryMaxMillis(), RETRY_MAX_MILLIS)),
            random);
    this.routeNames = routeNames;
    this.clock = clock;
    this.stage = stages.outward("delivery", config.queue());
    Gauge.builder("mainstem.delivery.queued", routes, all -> sum(all, Route::held))
        .description("Messages that wait or are under way to their recipients")
        .register(stages.registry());
    Gauge.builder("mainstem.delivery.waiting", routes, all -> sum(all, Route::waiting))
        .description("Pairs of sender and recipient whose messages wait in the sender's log")
        .register(stages.registry());
    Stage status = stages.outward("delivery.status", config.queue());
    this.tolds =
        new StatusLine<>(
            vertx,
            pace.millis() * TOLD_INTERVALS,
            config.queue(),
            retryBackoff,
            status,
            pair -> routeNames.apply(pair.other),
            (pair, progress) ->
                mailboxes.submit(pair.other, new Command.ReceiptsTold(pair.sender, progress)),
            (pair, progress) -> {});
    this.reports =
        new StatusLine<>(
            vertx,
            pace.millis(),
            config.queue(),
            retryBackoff,
            status,
            pair -> routeNames.apply(pair.sender),
            (pair, progress) ->
                mailboxes.submit(pair.sender, new Command.Report(pair.other, progress)),
            this::onReported);
  }

  /**
   * How often a sender's log takes what became of his messages to one recipient, and of those to a
   * group.
   */
  public record StatusPace(long millis, long groupMillis) {}

  /** A sender and whom he wrote to. */
  private record Pair(UserId sender, UserId other) {}

  // ---- what the host says, each on the context of the user's owner

  @Override
  public void onSettled(UserId user, List<Outgoing> outgoing, List<Query.Receipt> receipts) {
    if (closed) {
      return;
    }
    if (!outgoing.isEmpty()) {
      outboxOf(user).onSettled(outgoing);
    }
    receipts.forEach(this::onReceipt);
  }

  @Override
  public void onLoaded(UserId user) {
    if (!closed) {
      outboxOf(user).onLoaded();
    }
  }

  @Override
  public void onDropped(UserId user) {
    SenderOutbox dropped = outboxes.remove(user);
    if (dropped != null) {
      dropped.drop();
    }
  }

  private SenderOutbox outboxOf(UserId user) {
    return outboxes.computeIfAbsent(
        user, sender -> new SenderOutbox(this, sender, contextOfCaller()));
  }

  private Context contextOfCaller() {
    Context current = Vertx.currentContext();
    return current == null ? vertx.getOrCreateContext() : current;
  }

  // ---- for the outboxes and lanes

  Vertx vertx() {
    return vertx;
  }

  MailboxService mailboxes() {
    return mailboxes;
  }

  Delivery config() {
    return config;
  }

  Backoff backoff() {
    return backoff;
  }

  InstantSource clock() {
    return clock;
  }

  Stage stage() {
    return stage;
  }

  /** For what asks within this server, whose answers come back when what they ask of does. */
  Backoff retryBackoff() {
    return retryBackoff;
  }

  /** The way to a recipient as it is now. */
  Route routeTo(Person recipient) {
    UserId user = recipient.user();
    return routes.computeIfAbsent(
        user == null ? ELSEWHERE : routeNames.apply(user),
        name -> new Route(vertx, config.queue(), config.probeMillis()));
  }

  private static int sum(Map<String, Route> routes, ToIntFunction<Route> each) {
    return routes.values().stream().mapToInt(each).sum();
  }

  /**
   * From any thread: some mailboxes may be reached again, or elsewhere. What waits for them is
   * tried now.
   */
  public void lookAgain() {
    routes.values().forEach(Route::lookAgain);
  }

  Transport transportTo(Person recipient) {
    for (Transport transport : transports) {
      if (transport.reaches(recipient)) {
        return transport;
      }
    }
    return NOWHERE;
  }

  void onIdle(UserId user, SenderOutbox idle) {
    outboxes.remove(user, idle);
  }

  /** All up to here is handed over or given up. */
  void onHanded(Outgoing outgoing, Command.Progress progress) {
    UserId recipient = outgoing.recipient().user();
    if (recipient != null) {
      reports.add(
          new Pair(outgoing.sender(), recipient),
          progress,
          progress.delivered() > 0,
          outgoing.deliver().group() == null ? 0 : pace.groupMillis());
    }
  }

  void onReceipt(Query.Receipt receipt) {
    reports.add(new Pair(receipt.sender(), receipt.reader()), receipt.progress(), true, 0);
  }

  private void onReported(Pair pair, List<Command.Progress> progress) {
    for (Command.Progress one : progress) {
      if (one.delivered() > 0 || one.read() > 0) {
        tolds.add(
            pair, new Command.Progress(one.thread(), 0, one.delivered(), one.read()), false, 0);
      }
    }
  }

  /** Begins nothing any more. What is under way may still end; what is not is in the logs. */
  @Override
  public void close() {
    closed = true;
    reports.close();
    tolds.close();
    routes.values().forEach(Route::close);
    outboxes.forEach((user, outbox) -> outbox.context().runOnContext(ignored -> onDropped(user)));
  }
}
