package io.mainstem.cell;

import io.mainstem.cell.wire.Envelope;
import io.mainstem.cell.wire.Peers;
import io.mainstem.cell.wire.WireSettings;
import io.mainstem.directory.CellCard;
import io.mainstem.directory.KnownCells;
import io.mainstem.store.FeatureLevel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cells that share this one's directory, with a router to each. They find one another in the
 * directory, where one node of each cell writes who is in it. Nothing is shared between them but
 * that: what is asked of one waits in lines of its own.
 *
 * <p>Confined to its context, but for the look-ups.
 */
public final class OtherCells {
  private static final Logger LOG = LoggerFactory.getLogger(OtherCells.class);

  private static final long STRANGER_NANOS = 500_000_000L;

  /**
   * What this is built of.
   *
   * @param lookMillis how often the directory is read, where no notice comes
   * @param onChange is told, on any thread, that mailboxes of another cell may be reached again
   */
  public record Parts(
      Vertx vertx,
      Cell cell,
      KnownCells known,
      io.mainstem.config.Cell config,
      io.mainstem.config.Mailbox mailboxes,
      long lookMillis,
      Runnable onChange) {}

  /** Another cell. */
  private record Abroad(CellRouter router, Peers peers) {}

  private final Parts parts;
  private final Context context;
  private final Map<String, Abroad> abroad = new ConcurrentHashMap<>();
  private final Set<String> visiting = new HashSet<>();
  private boolean looking;
  private boolean lookAgain;
  private long timer = -1;

  /** When the directory was last read because of a stranger. */
  private volatile long strangerNanos = System.nanoTime() - STRANGER_NANOS;

  private volatile boolean closed;

  private OtherCells(Parts parts) {
    this.parts = parts;
    this.context = parts.vertx().getOrCreateContext();
  }

  /** Shows this cell to the others, and gets to know them. */
  public static Future<OtherCells> start(Parts parts) {
    var others = new OtherCells(parts);
    parts.cell().router().welcome(others::isWelcome);
    parts.cell().local().elsewhere(others::level);
    parts.known().onChange(others::look);
    parts.cell().onView(others::look);
    Promise<OtherCells> started = Promise.promise();
    others.context.runOnContext(
        unused -> {
          others.timer = parts.vertx().setPeriodic(parts.lookMillis(), id -> others.look());
          others.readAndShow().<OtherCells>map(done -> others).onComplete(started);
        });
    return started.future();
  }

  /** Whoever comes and is not known may be new in the directory. */
  private boolean isWelcome(String cell) {
    boolean known = parts.known().known(cell) != null;
    long now = System.nanoTime();
    if (!known && now - strangerNanos > STRANGER_NANOS) {
      strangerNanos = now;
      look();
    }
    return known;
  }

  /** The mailboxes of another cell; null for one that is not known. */
  public @Nullable CellClient client(String cell) {
    Abroad known = abroad.get(cell);
    return known == null ? null : known.router();
  }

  /** The lowest feature level that a node of another cell reads, as far as it is known. */
  private int level() {
    int lowest = FeatureLevel.OWN;
    for (CellCard card : parts.known().known()) {
      if (!card.name().equals(parts.cell().name())) {
        for (CellCard.Node node : card.nodes()) {
          lowest = Math.min(lowest, node.level());
        }
      }
    }
    return lowest;
  }

  /** Whether a node of this other cell can be reached now. */
  public boolean isReached(String cell) {
    Abroad known = abroad.get(cell);
    return known != null && !known.peers().up().isEmpty();
  }

  /** Requests to other cells that are not answered. */
  public int openRequests() {
    return abroad.values().stream().mapToInt(each -> each.router().openRequests()).sum();
  }

  /** Tells all nodes of all other cells of something that they may miss. */
  public void tellAll(String topic, String text) {
    var rumour = Envelope.of(new Envelope.Rumour(topic, text));
    for (Abroad each : abroad.values()) {
      each.peers().up().forEach(node -> each.router().tell(node, rumour));
    }
  }

  // ---- looking

  /** From any thread. */
  private void look() {
    context.runOnContext(
        unused ->
            readAndShow()
                .onFailure(e -> LOG.debug("The cells cannot be read now: {}", e.toString())));
  }

  /** One look at a time; what is asked for meanwhile is one more. */
  private Future<Void> readAndShow() {
    if (closed) {
      return Future.succeededFuture();
    }
    if (looking) {
      lookAgain = true;
      return Future.succeededFuture();
    }
    looking = true;
    Promise<Void> looked = Promise.promise();
    parts
        .known()
        .read()
        .compose(cards -> show().compose(shown -> meet()))
        .onComplete(
            done ->
                context.runOnContext(
                    unused -> {
                      looking = false;
                      looked.handle(done);
                      if (lookAgain) {
                        lookAgain = false;
                        look();
                      }
                    }));
    return looked.future();
  }

  /** The first of the nodes writes who is in this cell, when that is not what is written. */
  private Future<Void> show() {
    Cell cell = parts.cell();
    View view = cell.view();
    boolean isFirst =
        view.nodes().stream()
            .map(NodeCard::name)
            .min(Comparator.naturalOrder())
            .filter(cell.card().name()::equals)
            .isPresent();
    CellCard before = parts.known().known(cell.name());
    CellCard now = card(cell.name(), before == null || before.enabled(), view);
    return !isFirst || now.equals(before)
        ? Future.succeededFuture()
        : parts.known().publish(now).compose(published -> parts.known().read()).mapEmpty();
  }

  private static CellCard card(String name, boolean enabled, View view) {
    return new CellCard(
        name,
        enabled,
        view.ring().partitions(),
        view.nodes().stream()
            .map(
                node ->
                    new CellCard.Node(
                        node.name(),
                        node.host(),
                        node.port(),
                        node.tokens(),
                        node.level(),
                        node.state() == NodeCard.State.SERVING))
            .sorted(Comparator.comparing(CellCard.Node::name))
            .toList());
  }

  /** Learns of all other cells what the directory says; on any context. */
  private Future<Void> meet() {
    Promise<Void> met = Promise.promise();
    context.runOnContext(
        unused -> {
          var meetings = new ArrayList<Future<Void>>();
          meetings.add(partFromForgotten());
          for (CellCard card : parts.known().known()) {
            if (!card.name().equals(parts.cell().name())) {
              meetings.add(visit(card.name()).onSuccess(there -> learn(there, card)).mapEmpty());
            }
          }
          Future.join(meetings).<Void>mapEmpty().onComplete(met);
        });
    return met.future();
  }

  /** Cells that are in the directory no more are known no more. */
  private Future<Void> partFromForgotten() {
    var partings = new ArrayList<Future<Void>>();
    for (String cell : List.copyOf(abroad.keySet())) {
      Abroad gone = parts.known().known(cell) == null ? abroad.remove(cell) : null;
      if (gone != null) {
        LOG.info("Cell {} is in the directory no more", cell);
        partings.add(end(gone));
      }
    }
    return Future.join(partings).mapEmpty();
  }

  private Future<Abroad> visit(String cell) {
    Abroad known = abroad.get(cell);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    if (!visiting.add(cell)) {
      return Future.failedFuture(new IllegalStateException("cell " + cell + " is met already"));
    }
    var router =
        CellRouter.abroad(parts.vertx(), parts.config(), CellRouter.Bounds.of(parts.mailboxes()));
    router.onChange(parts.onChange());
    router.inForce(parts.cell()::level);
    WireSettings settings = parts.cell().wireSettings();
    return Peers.visit(parts.vertx(), settings, cell, router)
        .compose(
            peers -> {
              router.begin(peers, notice -> {});
              var met = new Abroad(router, peers);
              abroad.put(cell, met);
              return closed ? end(met).map(met) : Future.succeededFuture(met);
            })
        .onComplete(done -> context.runOnContext(unused -> visiting.remove(cell)));
  }

  private static void learn(Abroad there, CellCard card) {
    List<NodeCard> nodes = card.nodes().stream().map(OtherCells::node).toList();
    View view = View.of(nodes, card.partitions());
    if (!view.nodes().equals(there.router().view().nodes())) {
      LOG.info("The nodes of cell {} are now {}", card.name(), view.names());
      Map<String, SocketAddress> addresses = new HashMap<>();
      nodes.forEach(
          node ->
              addresses.put(
                  node.name(), SocketAddress.inetSocketAddress(node.port(), node.host())));
      there.peers().become(addresses);
      there.router().onView(view);
    }
  }

  private static NodeCard node(CellCard.Node node) {
    return new NodeCard(
        node.name(),
        node.host(),
        node.port(),
        node.tokens(),
        "",
        node.level(),
        0,
        "",
        node.serving() ? NodeCard.State.SERVING : NodeCard.State.DRAINING,
        0);
  }

  // ---- the end

  /** Ends all watches of users of other cells, and refuses what is asked of them. */
  public Future<Void> close() {
    closed = true;
    parts.vertx().cancelTimer(timer);
    var ends = new ArrayList<Future<Void>>();
    abroad.values().forEach(each -> ends.add(end(each)));
    return Future.join(ends).mapEmpty();
  }

  private static Future<Void> end(Abroad each) {
    each.router().close();
    return each.peers().close();
  }
}
