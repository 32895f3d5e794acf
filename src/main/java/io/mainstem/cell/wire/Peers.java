package io.mainstem.cell.wire;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other nodes of one cell, with a stream to each. In the own cell: dials those with greater
 * names, is dialled by the others, and by nodes of other cells, which are guests: they ask, watch
 * and tell, and are asked nothing. To another cell: dials all, as their guest. Streams live on one
 * context; calls and notices come from any thread.
 */
public final class Peers {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
  private static final String METHOD = "io.mainstem.peer.Peer/Exchange";
  private static final long TICK_MILLIS = 50;
  private static final long HELLO_MILLIS = 5_000;
  private static final long DIAL_FIRST_MILLIS = 50;
  private static final long DIAL_MAX_MILLIS = 1_000;

  /** Calls that wait this long to another cell, while nothing comes from there, are given up. */
  private static final long SILENT_NANOS = 3_000_000_000L;

  private static final int MAX_GUESTS = 4_096;
  private static final int MAX_STRANGERS = 16;

  /** A new cell dials before the directory has been read again: so often it says nothing. */
  private static final int TRIES_OF_A_STRANGER = 20;

  /** Who is told of what other nodes say; on the wire's context. */
  public interface Listener {
    /** A request; it must be answered once. */
    void onRequest(String peer, Envelope.Request request, Consumer<Envelope.Response> answer);

    /** Anything that is not answered. */
    void onNotice(String peer, Envelope envelope);

    /** A stream to this node stands. */
    void onUp(String peer);

    /** The stream to this node has ended: what it watched or asked is over. */
    void onDown(String peer);

    /** Whether nodes of this other cell may ask here. */
    default boolean isWelcome(String cell) {
      return false;
    }
  }

  private final Vertx vertx;
  private final Context context;
  private final WireSettings settings;
  private final String cell;
  private final Listener listener;
  private final Envelope hello;
  private final ConcurrentHashMap<String, Peer> peers = new ConcurrentHashMap<>();

  // Confined to the context.
  private final Map<String, SocketAddress> addresses = new HashMap<>();
  private final Map<String, Long> pauses = new HashMap<>();
  private final Set<String> dialling = new HashSet<>();
  private final Set<Link> links = new HashSet<>();
  private final Set<String> guests = new HashSet<>();
  private final Map<String, Integer> strangers = new HashMap<>();
  private final Distrust distrust = new Distrust();
  private @Nullable GrpcClient client;
  private @Nullable HttpServer server;
  private long ticker = -1;
  private boolean closed;

  private Peers(Vertx vertx, WireSettings settings, String cell, Listener listener) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.settings = settings;
    this.cell = cell;
    this.listener = listener;
    this.hello =
        Envelope.of(
            new Envelope.Hello(
                settings.cell(), settings.node(), settings.incarnation(), settings.level()));
  }

  /** The nodes of the own cell: listens for those who dial. */
  public static Future<Peers> listen(Vertx vertx, WireSettings settings, Listener listener) {
    return begin(new Peers(vertx, settings, settings.cell(), listener), Peers::listen);
  }

  /**
   * The nodes of another cell.
   *
   * @param settings of this node, which says who it is
   */
  public static Future<Peers> visit(
      Vertx vertx, WireSettings settings, String cell, Listener listener) {
    return begin(new Peers(vertx, settings, cell, listener), peers -> Future.succeededFuture());
  }

  private static Future<Peers> begin(Peers peers, Function<Peers, Future<?>> listening) {
    Promise<Peers> begun = Promise.promise();
    peers.context.runOnContext(
        unused -> {
          peers.prepare();
          listening.apply(peers).<Peers>map(done -> peers).onComplete(begun);
        });
    return begun.future();
  }

  private void prepare() {
    client =
        GrpcClient.client(
            vertx,
            new GrpcClientOptions().setMaxMessageSize(settings.maxMessageBytes()),
            settings.clientOptions());
    ticker = vertx.setPeriodic(TICK_MILLIS, id -> tick());
  }

  private boolean isVisiting() {
    return !cell.equals(settings.cell());
  }

  private Future<HttpServer> listen() {
    GrpcServer calls =
        GrpcServer.server(
            vertx, new GrpcServerOptions().setMaxMessageSize(settings.maxMessageBytes()));
    calls.callHandler(this::onDialled);
    return vertx
        .createHttpServer(settings.serverOptions())
        .requestHandler(calls)
        .exceptionHandler(e -> context.runOnContext(unused -> distrust.onDialled(e)))
        .listen()
        .onSuccess(listening -> server = listening);
  }

  /** The port that it listens on. */
  public int port() {
    HttpServer listening = server;
    return listening == null ? 0 : listening.actualPort();
  }

  /**
   * These are the other nodes now, with where they listen. Calls to one that is no more fail at
   * once.
   */
  public void become(Map<String, SocketAddress> others) {
    var now = Map.copyOf(others);
    context.runOnContext(unused -> onMembers(now));
  }

  private void onMembers(Map<String, SocketAddress> now) {
    for (String name : Set.copyOf(peers.keySet())) {
      if (!now.containsKey(name) && !guests.contains(name)) {
        Peer gone = peers.remove(name);
        addresses.remove(name);
        pauses.remove(name);
        Link link = gone == null ? null : gone.link();
        if (gone != null && link != null && gone.onDown(link)) {
          link.close("the node is gone");
          listener.onDown(name);
        }
      }
    }
    addresses.putAll(now);
    now.forEach(
        (name, address) -> {
          peers.computeIfAbsent(name, this::peer);
          dial(name);
        });
  }

  private Peer peer(String name) {
    return new Peer(name, settings.maxInFlight(), settings.maxWaitingBytes());
  }

  /**
   * Asks a node. Fails with {@link PeerGone} when it cannot be reached or goes meanwhile, with
   * {@link io.mainstem.message.Rejected} at a bound or when the time is over.
   */
  public Future<Envelope.Response> call(String peer, Envelope.Request request, long millis) {
    Peer known = peers.get(peer);
    return known == null
        ? Future.failedFuture(new PeerGone("node " + peer + " is not in the cell", false))
        : known.call(request, millis);
  }

  /** Tells a node something that may be lost; false when it is lost already. */
  public boolean tell(String peer, Envelope envelope) {
    Peer known = peers.get(peer);
    Link link = known == null ? null : known.link();
    if (link == null || link.isClosed() || link.waitingBytes() > settings.maxWaitingBytes()) {
      return false;
    }
    link.send(envelope);
    return true;
  }

  /** Whether so much waits to be sent to a node that only what is needed should be added. */
  public boolean isCrowded(String peer) {
    Peer known = peers.get(peer);
    Link link = known == null ? null : known.link();
    return link == null || link.waitingBytes() > settings.maxWaitingBytes() / 4;
  }

  /** Whether a stream to this node stands. */
  public boolean isUp(String peer) {
    Peer known = peers.get(peer);
    return known != null && known.link() != null;
  }

  /** A node to which a stream stands; of several the same for the same {@code chance}. */
  public @Nullable String anyUp(int chance) {
    List<String> up = up();
    return up.isEmpty() ? null : up.get(Math.floorMod(chance, up.size()));
  }

  /** The nodes to which a stream stands. */
  public List<String> up() {
    return peers.values().stream()
        .filter(peer -> peer.link() != null)
        .map(Peer::name)
        .sorted()
        .toList();
  }

  /** Requests to other nodes that are not answered. */
  public int inFlight() {
    return peers.values().stream().mapToInt(Peer::inFlight).sum();
  }

  /** Runs a task on the wire's context. */
  public void execute(Runnable task) {
    context.runOnContext(unused -> task.run());
  }

  private void tick() {
    long now = System.nanoTime();
    long silent = isVisiting() ? SILENT_NANOS : 0;
    peers.values().forEach(peer -> peer.onTick(now, silent));
  }

  // ---- dialling

  private void dial(String name) {
    Peer peer = peers.get(name);
    SocketAddress address = addresses.get(name);
    if (closed
        || client == null
        || peer == null
        || address == null
        || !isVisiting() && settings.node().compareTo(name) >= 0
        || peer.link() != null
        || !dialling.add(name)) {
      return;
    }
    client
        .request(address)
        .onSuccess(request -> onConnected(name, request))
        .onFailure(
            cause -> {
              LOG.debug("Node {} does not answer: {}", name, cause.toString());
              distrust.onDialling(cell, name, cause);
              dialAgain(name);
            });
  }

  private void dialAgain(String name) {
    dialling.remove(name);
    long pause = pauses.getOrDefault(name, DIAL_FIRST_MILLIS);
    pauses.put(name, Math.min(DIAL_MAX_MILLIS, pause * 2));
    // Jitter, so that nodes that lost one another together do not meet in step.
    vertx.setTimer(pause + ThreadLocalRandom.current().nextLong(pause), id -> dial(name));
  }

  private void onConnected(String name, GrpcClientRequest<Buffer, Buffer> request) {
    request.fullMethodName(METHOD);
    Link link =
        open(
            new Link(
                context,
                request,
                () -> end(request.connection()),
                settings.maxBatchBytes(),
                down -> {
                  onClosed(down, name);
                  dialAgain(name);
                }));
    var handshake = new Handshake(name);
    handshake.begin(link);
    request
        .response()
        .onSuccess(response -> link.read(response, handshake))
        .onFailure(
            cause -> {
              distrust.onDialling(cell, name, cause);
              link.close("the node does not answer: " + cause);
            });
  }

  // ---- being dialled

  private void onDialled(GrpcServerRequest<Buffer, Buffer> request) {
    if (!request.fullMethodName().equals(METHOD) || closed) {
      request.response().status(GrpcStatus.UNIMPLEMENTED).end();
      return;
    }
    var handshake = new Handshake(null);
    Link link =
        open(
            new Link(
                context,
                request.response(),
                () -> end(request.connection()),
                settings.maxBatchBytes(),
                down -> onClosed(down, handshake.peer)));
    handshake.begin(link);
    link.read(request, handshake);
  }

  // ---- both

  /**
   * A connection carries one stream and ends with it. Left open it would be dialled again, however
   * far TCP's pauses have grown while the line was cut, and what the other side has written to the
   * stream would be answered frame by frame with a reset.
   */
  private static void end(HttpConnection connection) {
    connection
        .close()
        .onFailure(e -> LOG.debug("A connection was closed already: {}", e.toString()));
  }

  private Link open(Link link) {
    links.add(link);
    return link;
  }

  /** Hands envelopes on once the first of a stream has said who speaks. */
  private final class Handshake implements BiConsumer<Link, Envelope> {
    private final @Nullable String expected;
    private @Nullable String peer;
    private long timer = -1;

    Handshake(@Nullable String expected) {
      this.expected = expected;
    }

    void begin(Link link) {
      timer =
          vertx.setTimer(
              HELLO_MILLIS,
              id -> {
                if (peer == null) {
                  link.close("nobody said hello");
                }
              });
      link.send(hello);
    }

    @Override
    public void accept(Link link, Envelope envelope) {
      if (peer != null) {
        onEnvelope(link, peer, envelope);
        return;
      }
      Envelope.Hello other = envelope.hello();
      Peer known = other == null ? null : known(other);
      if (known == null) {
        // It may come before membership tells of it: it dials again.
        link.close("nobody is expected who says this");
        return;
      }
      vertx.cancelTimer(timer);
      peer = known.name();
      pauses.remove(known.name());
      distrust.onUp(known.name());
      known.onUp(link);
      listener.onUp(known.name());
    }

    private @Nullable Peer known(Envelope.Hello other) {
      if (other.cell().equals(cell)) {
        return expected != null && !expected.equals(other.node()) ? null : peers.get(other.node());
      }
      if (isVisiting() || expected != null || !listener.isWelcome(other.cell())) {
        onStranger(other.cell());
        return null;
      }
      return guest(other.cell() + "/" + other.node());
    }
  }

  private void onStranger(String other) {
    if ((strangers.containsKey(other) || strangers.size() < MAX_STRANGERS)
        && strangers.merge(other, 1, Integer::sum) == TRIES_OF_A_STRANGER) {
      LOG.warn(
          "A node of cell {}, which is not known here, speaks to this one of cell {}; see"
              + " cell.name",
          other,
          settings.cell());
    }
  }

  private @Nullable Peer guest(String name) {
    if (!guests.contains(name)) {
      if (peers.containsKey(name) || guests.size() >= MAX_GUESTS) {
        return null;
      }
      guests.add(name);
    }
    return peers.computeIfAbsent(name, this::peer);
  }

  private void onEnvelope(Link link, String peer, Envelope envelope) {
    Envelope.Response response = envelope.response();
    Envelope.Request request = envelope.request();
    Peer known = peers.get(peer);
    if (known != null) {
      known.onHeard();
    }
    if (response != null) {
      if (known != null) {
        known.onResponse(link, response);
      }
    } else if (request != null) {
      listener.onRequest(
          peer, request, answer -> link.send(Envelope.of(answer.withId(request.id()))));
    } else if (envelope.hello() == null && (!guests.contains(peer) || isForGuests(envelope))) {
      listener.onNotice(peer, envelope);
    }
  }

  /** What concerns who owns what is said within a cell only. */
  private static boolean isForGuests(Envelope envelope) {
    return envelope.freed() == null && envelope.duty() == null;
  }

  private void onClosed(Link link, @Nullable String name) {
    links.remove(link);
    Peer peer = name == null ? null : peers.get(name);
    if (peer != null && peer.onDown(link)) {
      if (guests.remove(peer.name())) {
        peers.remove(peer.name());
      }
      listener.onDown(peer.name());
    }
  }

  /** Ends all streams and listens no more. */
  public Future<Void> close() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        unused -> {
          closed = true;
          vertx.cancelTimer(ticker);
          Set.copyOf(links).forEach(link -> link.close("this node stops"));
          Future<Void> clientClosed =
              client == null ? Future.succeededFuture() : client.close().otherwiseEmpty();
          Future<Void> serverClosed =
              server == null ? Future.succeededFuture() : server.close().otherwiseEmpty();
          Future.join(clientClosed, serverClosed).<Void>mapEmpty().onComplete(done);
        });
    return done.future();
  }
}
