package io.mainstem.cell;

import io.mainstem.cell.wire.Envelope;
import io.mainstem.cell.wire.Peers;
import io.mainstem.cell.wire.WireSettings;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.message.Rejected;
import io.mainstem.store.FeatureLevel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in a cell: joins, takes its share, answers for it, and gives it away when it
 * goes.
 */
public final class Cell {
  private static final Logger LOG = LoggerFactory.getLogger(Cell.class);
  private static final Duration START_AT_MOST = Duration.ofSeconds(20);
  private static final Duration MEET_AT_MOST = Duration.ofSeconds(20);
  private static final long LEVEL_MILLIS = 1_000;

  /**
   * What a cell is built of.
   *
   * @param host its {@code node} is {@code config.node()}
   * @param membership joined, but without this node's card
   * @param store names the store that all nodes of the cell share
   * @param giveAtMost how long a partition is waited for when it is given away
   * @param level the highest feature level that this node reads
   */
  public record Parts(
      Vertx vertx,
      HostParts host,
      int loops,
      io.mainstem.config.Cell config,
      Membership membership,
      String version,
      String store,
      Duration giveAtMost,
      int level) {
    /** Of a node of this version. */
    public Parts(
        Vertx vertx,
        HostParts host,
        int loops,
        io.mainstem.config.Cell config,
        Membership membership,
        String version,
        String store,
        Duration giveAtMost) {
      this(vertx, host, loops, config, membership, version, store, giveAtMost, FeatureLevel.OWN);
    }
  }

  /** Why a node cannot be one of this cell; names the setting to change. */
  public static final class CannotJoin extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CannotJoin(String text) {
      super(text);
    }
  }

  private final Parts parts;
  private final Admission admission;
  private final Patience patience;
  private final LocalMailboxes local;
  private final CellRouter router;
  private final Context context;
  private final Peers peers;
  private final Placement placement;
  private final Map<String, Consumer<String>> listeners = new ConcurrentHashMap<>();
  private final OwnCard card;
  private final Duties duties;
  private final WallClock clock = new WallClock();
  private volatile Runnable viewListener = () -> {};
  private volatile boolean stopped;
  private volatile boolean cutOff;
  private volatile long leveller = -1;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Promise<Void> end = Promise.promise();

  private Cell(
      Parts parts, Admission admission, LocalMailboxes local, CellRouter router, Peers peers) {
    this.parts = parts;
    this.admission = admission;
    this.patience = new Patience(parts.vertx());
    this.local = local;
    this.router = router;
    this.peers = peers;
    this.context = parts.vertx().getOrCreateContext();
    var config = parts.config();
    this.placement =
        new Placement(
            parts.vertx(),
            local,
            parts.host().ownership(),
            config.node(),
            parts.membership()::present,
            parts.host().partitions(),
            parts.giveAtMost(),
            this::tellFreed,
            router::somethingChanged,
            this::onRejoined,
            this::onCutOff);
    String[] address = config.wire().address().split(":", 2);
    this.card =
        new OwnCard(
            parts.vertx(),
            parts.membership(),
            new NodeCard(
                config.node(),
                address.length == 2 ? address[0] : config.wire().host(),
                address.length == 2 ? Integer.parseInt(address[1]) : peers.port(),
                config.tokens(),
                parts.version(),
                parts.level(),
                local.incarnation(),
                parts.store(),
                NodeCard.State.JOINING,
                0),
            () -> local.held().size());
    this.duties = new Duties(parts, router, card, patience);
  }

  /** Joins and takes this node's share. Fails with {@link CannotJoin}. */
  public static Future<Cell> start(Parts parts) {
    return join(parts).compose(cell -> cell.serve().map(cell));
  }

  /**
   * Joins, to see the cell and ask it; takes nothing yet. Fails with {@link CannotJoin}. Who has
   * still to build what its clients need joins first and then serves: until then its event loops
   * are busy, and nobody's mailbox should wait for that.
   */
  public static Future<Cell> join(Parts parts) {
    var admission = new Admission(parts);
    CannotJoin refusal = admission.refusal();
    if (refusal != null) {
      return Future.failedFuture(refusal);
    }
    return LocalMailboxes.join(parts.vertx(), parts.host(), parts.loops(), parts.level())
        .recover(cause -> Future.failedFuture(admission.inWords(cause)))
        .compose(
            local -> {
              var router =
                  CellRouter.home(
                      parts.vertx(),
                      local,
                      parts.host().partitions(),
                      parts.config(),
                      CellRouter.Bounds.of(parts.host().config()));
              return Peers.listen(parts.vertx(), wireSettings(parts, local), router)
                  .compose(
                      peers -> {
                        var cell = new Cell(parts, admission, local, router, peers);
                        router.begin(peers, cell::onNotice);
                        return cell.begin().map(cell);
                      });
            });
  }

  private static WireSettings wireSettings(Parts parts, LocalMailboxes local) {
    var config = parts.config();
    var wire = config.wire();
    return new WireSettings(
        config.name(),
        config.node(),
        local.incarnation(),
        parts.level(),
        wire.host(),
        wire.port(),
        wire.certificate().isEmpty()
            ? null
            : new WireSettings.Certificates(wire.certificate(), wire.key(), wire.authority()),
        wire.maxInFlight(),
        wire.maxWaitingBytes(),
        wire.maxMessageBytes());
  }

  /** How this node speaks to others. */
  WireSettings wireSettings() {
    return wireSettings(parts, local);
  }

  /** Is told, on the cell's context, of each change of the nodes; one at most. */
  void onView(Runnable listener) {
    viewListener = listener;
  }

  private Future<Void> begin() {
    leveller = parts.vertx().setPeriodic(LEVEL_MILLIS, id -> lookAround());
    parts.membership().onChange(() -> context.runOnContext(unused -> onChange()));
    return card.publish(NodeCard.State.JOINING);
  }

  /** Takes this node's share; fails with {@link CannotJoin}, and has then left. */
  public Future<Void> serve() {
    return card.publish(NodeCard.State.SERVING)
        .compose(
            serving ->
                patience.until(
                    () ->
                        !router.view().ring().partitionsOf(card.name()).isEmpty()
                            && placement.isSettled(),
                    START_AT_MOST))
        // Nodes that start together may find one another late.
        .compose(settled -> patience.until(() -> !isLost(), MEET_AT_MOST))
        .compose(
            met ->
                admission
                    .refuseToBeLost(this::isLost)
                    .recover(
                        lost -> stop(Duration.ZERO).compose(stopped -> Future.failedFuture(lost))))
        .onSuccess(
            settled ->
                LOG.info(
                    "Node {} is in cell {} with {} other nodes and holds {} of {} partitions",
                    card.name(),
                    parts.config().name(),
                    router.view().nodes().size() - 1,
                    local.held().size(),
                    parts.host().partitions()));
  }

  private boolean isLost() {
    return local.held().isEmpty() && admission.isAlone();
  }

  private void lookAround() {
    learnLevel();
    clock.look(parts.membership().aheadMillis());
  }

  /** How far the clock of this machine is ahead of the cell's, as it was seen last. */
  public long aheadMillis() {
    return clock.aheadMillis();
  }

  private void learnLevel() {
    local
        .learnLevel()
        .onFailure(e -> LOG.debug("The feature level cannot be learned now: {}", e.toString()));
  }

  private void onRejoined(long incarnation) {
    card.show(before -> before.with(incarnation));
  }

  private void onCutOff(boolean now) {
    if (now) {
      LOG.warn(
          "This node was fenced and sees no majority of the cell's nodes; its clients are sent to"
              + " others until it does");
    } else {
      LOG.info("This node sees a majority of the cell's nodes again");
    }
    cutOff = now;
    router.cutOff(now);
  }

  /** What another node says that is of no mailbox. On the wire's context. */
  private void onNotice(Envelope notice) {
    Envelope.Duty duty = notice.duty();
    Envelope.Rumour rumour = notice.rumour();
    if (notice.freed() != null) {
      placement.onFreed();
    } else if (duty != null) {
      duties.onDuty(duty);
    } else if (rumour != null) {
      Consumer<String> listener = listeners.get(rumour.topic());
      if (listener != null) {
        listener.accept(rumour.text());
      }
    }
  }

  /** Tells all other nodes of something that they may miss. */
  public void tellAll(String topic, String text) {
    var rumour = Envelope.of(new Envelope.Rumour(topic, text));
    for (NodeCard node : view().nodes()) {
      if (!node.name().equals(card.name())) {
        router.tell(node.name(), rumour);
      }
    }
  }

  /** Hears what other nodes say to all; on the wire's context, at most one listener a topic. */
  public void listen(String topic, Consumer<String> listener) {
    listeners.put(topic, listener);
  }

  /**
   * Makes a node take part in the ring, or leave it; completes with its card when it says so, or
   * fails with {@link Rejected}.
   */
  public Future<NodeCard> duty(String node, boolean serve) {
    return duties.give(node, serve);
  }

  /** Reads the members anew, so that events in any order end in one view. */
  private void onChange() {
    if (stopped) {
      return;
    }
    List<NodeCard> nodes = parts.membership().nodes();
    View view = View.of(nodes, parts.host().partitions());
    Map<String, SocketAddress> others = new HashMap<>();
    for (NodeCard node : nodes) {
      if (!node.name().equals(card.name())) {
        others.put(node.name(), SocketAddress.inetSocketAddress(node.port(), node.host()));
      }
    }
    peers.become(others);
    if (!view.names().equals(router.view().names())) {
      LOG.info("The nodes of cell {} are now {}", parts.config().name(), view.names());
    }
    router.onView(view);
    placement.onView(view);
    viewListener.run();
  }

  private void tellFreed(Set<Integer> partitions) {
    View view = router.view();
    for (int partition : partitions) {
      String owner = view.ring().ownerOf(partition);
      if (owner != null && !owner.equals(card.name())) {
        boolean told = peers.tell(owner, Envelope.of(new Envelope.Freed(List.of(partition))));
        LOG.debug("Partition {} is free for {} (told: {})", partition, owner, told);
      }
    }
  }

  /** The mailboxes of the whole cell. */
  public CellRouter router() {
    return router;
  }

  /** The mailboxes that this node owns. */
  public LocalMailboxes local() {
    return local;
  }

  /** The nodes that this one sees, and the ring. */
  public View view() {
    return router.view();
  }

  /** Whether this node takes part in the ring, and others see it there. */
  public boolean isServing() {
    return card.now().state() == NodeCard.State.SERVING && !stopped && !cutOff;
  }

  /** Whether another node can take what this one holds. */
  public boolean hasOthers() {
    return !duties.isLastToServe(card.name());
  }

  /** The feature level in force, as far as it is known here: nothing of a higher one is written. */
  public int level() {
    return local.level();
  }

  /** The cell's name. */
  public String name() {
    return parts.config().name();
  }

  /** This node's card as the others see it. */
  public NodeCard card() {
    return card.now();
  }

  /**
   * Gives everything away, user after user, while this node goes on serving clients through the
   * others. Completes when it holds nothing, or nobody takes it, or the time is over.
   */
  public Future<Void> drain(Duration atMost) {
    return card.publish(NodeCard.State.DRAINING)
        .compose(
            draining ->
                patience.until(
                    () ->
                        local.held().isEmpty()
                            && router.view().nodes().stream()
                                .noneMatch(
                                    node ->
                                        node.name().equals(card.name())
                                            && node.state() == NodeCard.State.SERVING),
                    atMost));
  }

  /** Takes part again after a drain. */
  public Future<Void> resume() {
    return card.publish(NodeCard.State.SERVING);
  }

  /**
   * Gives everything away, ends watches and what waits, and leaves the cell. What was not given
   * back in time the others take when they have fenced this node.
   */
  public Future<Void> stop(Duration atMost) {
    return stopping.compareAndSet(false, true) ? stopOnce(atMost) : end.future();
  }

  private Future<Void> stopOnce(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    return drain(atMost)
        .eventually(
            () -> {
              stopped = true;
              parts.vertx().cancelTimer(leveller);
              card.stop();
              placement.stop();
              router.close();
              return local.stop(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            })
        .eventually(
            () ->
                // Nothing is held any more: the store forgets this node as one of the cell.
                parts.host().ownership().fence(local.incarnation()))
        .eventually(() -> parts.membership().leave())
        .eventually(peers::close)
        .otherwiseEmpty()
        .onComplete(end);
  }

  /** Nodes that stand in the store and are seen by this one nowhere, each with its incarnation. */
  public Future<Map<String, Long>> missing() {
    return duties.missing();
  }

  /**
   * Takes a node out of the cell that never comes back: from now on it counts for no majority, and
   * what it held is taken by others. Should it live all the same, it acknowledges nothing more, and
   * joins anew. Answers its incarnation; fails with CONFLICT while it is heard of.
   */
  public Future<Long> forget(String node) {
    return duties.forget(node).onSuccess(forgotten -> placement.onView(view()));
  }

  /** Requests of this node that other nodes have not answered. */
  public int inFlight() {
    return peers.inFlight();
  }
}
