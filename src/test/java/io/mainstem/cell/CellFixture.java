package io.mainstem.cell;

import static org.awaitility.Awaitility.await;

import io.mainstem.RisingMillis;
import io.mainstem.config.Config;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.Position;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.mailbox.host.Outbox;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import io.mainstem.store.FeatureLevel;
import io.mainstem.store.Ownership;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksMailboxStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Nodes of a cell in one process: each with its own Vert.x, all over one database. */
final class CellFixture implements AutoCloseable {
  static final int PARTITIONS = 64;

  /** What takes longer than this does not happen, however slow the machine is. */
  static final Duration LONG = Duration.ofSeconds(120);

  /**
   * How long a node may take to give away what it holds. Nobody waits for it when nobody is slow.
   */
  private static final Duration GIVING = Duration.ofSeconds(60);

  /** Nothing is refused that only takes its time. */
  private static final Map<String, String> PATIENT = Map.of("cell.requestSeconds", "20");

  /** Who is there, known to all at once. */
  static final class Register {
    private final Map<String, NodeCard> cards = new TreeMap<>();
    private final Map<String, Runnable> listeners = new ConcurrentHashMap<>();

    /** Nodes that hear of nothing new, with what they know. */
    private final Map<String, List<NodeCard>> deaf = new ConcurrentHashMap<>();

    /** From now on this node sees the cell as it is now. */
    void deafen(String name) {
      deaf.put(name, all());
    }

    /** From now on this node sees only these. */
    void confine(String name, Set<String> seen) {
      deaf.put(name, all().stream().filter(card -> seen.contains(card.name())).toList());
      listeners.get(name).run();
    }

    void undeafen(String name) {
      deaf.remove(name);
      listeners.get(name).run();
    }

    synchronized void put(NodeCard card) {
      cards.put(card.name(), card);
      listeners.values().forEach(Runnable::run);
    }

    synchronized void remove(String name) {
      cards.remove(name);
      listeners.remove(name);
      listeners.values().forEach(Runnable::run);
    }

    synchronized List<NodeCard> all() {
      return cards.values().stream().sorted(Comparator.comparing(NodeCard::name)).toList();
    }

    Membership of(String name) {
      return new Membership() {
        @Override
        public Future<Void> publish(NodeCard card) {
          put(card);
          return Future.succeededFuture();
        }

        @Override
        public List<NodeCard> nodes() {
          return deaf.getOrDefault(name, all());
        }

        @Override
        public void onChange(Runnable listener) {
          listeners.put(name, listener);
        }

        @Override
        public Future<Void> leave() {
          remove(name);
          return Future.succeededFuture();
        }
      };
    }
  }

  /** One node. */
  static final class Node {
    final String name;
    final Vertx vertx;
    final Cell cell;

    Node(String name, Vertx vertx, Cell cell) {
      this.name = name;
      this.vertx = vertx;
      this.cell = cell;
    }

    CellRouter router() {
      return cell.router();
    }
  }

  /** Gives a node its membership. */
  interface Joining {
    Future<? extends Membership> join(Vertx vertx, Config config);
  }

  final Register register = new Register();
  final Joining joining;
  final RocksDatabase database;
  final RocksMailboxStore store;
  final Map<String, Node> nodes = new LinkedHashMap<>();

  /** The highest feature level that nodes read which start from now on. */
  int level = FeatureLevel.OWN;

  /** What a node that starts sees of the store's ownership. */
  Function<String, Ownership> ownershipOf = name -> ownership();

  /** Nodes that know of one another at once. */
  CellFixture(Path data) {
    this(data, null);
  }

  CellFixture(Path data, @Nullable Joining joining) {
    this.joining =
        joining != null
            ? joining
            : (vertx, config) -> Future.succeededFuture(register.of(config.cell().node()));
    var config = config("any");
    database = RocksDatabase.open(data, config.store(), StageMeter.NONE);
    store = new RocksMailboxStore(database);
  }

  Ownership ownership() {
    return store.ownership();
  }

  private static int membersPort(String node) {
    return 22_100 + (node.charAt(0) - 'a') + 1;
  }

  static Config config(String node) {
    return config(node, Map.of());
  }

  static Config config(String node, Map<String, String> more) {
    var settings = new TreeMap<>(PATIENT);
    settings.putAll(settings(node));
    settings.putAll(more);
    return Config.of(settings);
  }

  private static Map<String, String> settings(String node) {
    return Map.of(
        "cell.enabled", "true",
        "cell.node", node,
        "cell.members.port", "" + membersPort(node),
        "cell.members.seeds", "127.0.0.1:22101,127.0.0.1:22102,127.0.0.1:22103",
        "cell.wire.port", "0",
        "cell.watchSeconds", "1",
        "store.partitions", "" + PARTITIONS,
        "store.writeBufferBytes", "8m",
        "store.cacheBytes", "4m");
  }

  Cell.Parts parts(String name, Vertx vertx, Membership membership, String storeName) {
    return parts(config(name), vertx, membership, storeName);
  }

  private Cell.Parts parts(Config config, Vertx vertx, Membership membership, String storeName) {
    String name = config.cell().node();
    var nothing =
        new Outbox() {
          @Override
          public void onSettled(
              UserId user, List<Query.Outgoing> outgoing, List<Query.Receipt> receipts) {}

          @Override
          public void onLoaded(UserId user) {}

          @Override
          public void onDropped(UserId user) {}
        };
    var host =
        new HostParts(
            store,
            ownershipOf.apply(name),
            user -> Future.succeededFuture(1),
            nothing,
            (user, counts, cursor) -> {},
            StageMeter.NONE,
            Clock.systemUTC(),
            () -> ThreadLocalRandom.current().nextLong(),
            Limits.DEFAULT,
            config.mailbox(),
            name,
            PARTITIONS);
    return new Cell.Parts(
        vertx, host, 1, config.cell(), membership, "test", storeName, GIVING, level);
  }

  Node start(String name) {
    return start(name, Map.of());
  }

  Node start(String name, Map<String, String> settings) {
    Vertx vertx = Vertx.vertx();
    Config config = config(name, settings);
    Cell cell =
        get(
            joining
                .join(vertx, config)
                .compose(found -> Cell.start(parts(config, vertx, found, "one store"))));
    var node = new Node(name, vertx, cell);
    nodes.put(name, node);
    return node;
  }

  /** Starts nodes and waits until each holds its share and reaches all others. */
  CellFixture with(String... names) {
    for (String name : names) {
      start(name);
    }
    meet();
    return this;
  }

  /** Waits until each holds its share and reaches all others. */
  void meet() {
    settle();
    await().atMost(LONG).until(() -> nodes.values().stream().allMatch(this::reachesAllOthers));
  }

  private boolean reachesAllOthers(Node node) {
    return nodes.keySet().stream()
        .allMatch(other -> other.equals(node.name) || node.cell.router().peers().isUp(other));
  }

  /** Waits until each sees the cell as it is, and holds its share of that. */
  void settle() {
    await().atMost(LONG).until(() -> nodes.values().stream().allMatch(this::isSettled));
  }

  /** What a node sees may be old for a while: by an old ring everything may seem to be in place. */
  private boolean isSettled(Node node) {
    View view = node.cell.view();
    return statesIn(view.nodes()).equals(statesIn(ownCards()))
        && node.cell.local().held().equals(view.ring().partitionsOf(node.name));
  }

  private List<NodeCard> ownCards() {
    return nodes.values().stream().map(node -> node.cell.card()).toList();
  }

  private static Map<String, NodeCard.State> statesIn(List<NodeCard> cards) {
    return cards.stream().collect(Collectors.toMap(NodeCard::name, NodeCard::state));
  }

  /** It is gone without a word: its sockets close, and membership removes it. */
  void kill(String name) {
    Node node = nodes.remove(name);
    register.listeners.remove(name);
    get(node.vertx.close());
    register.remove(name);
  }

  /** It hands over and leaves. */
  void stop(String name) {
    Node node = nodes.remove(name);
    get(node.cell.stop(GIVING));
    get(node.vertx.close());
  }

  Node ownerOf(UserId user) {
    return nodes.values().stream()
        .filter(node -> node.cell.local().holds(user))
        .findFirst()
        .orElseThrow();
  }

  Node notOwnerOf(UserId user) {
    return nodes.values().stream()
        .filter(node -> !node.cell.local().holds(user))
        .findFirst()
        .orElseThrow();
  }

  /** A user whom this node owns. */
  UserId userOf(String node) {
    for (int i = 0; ; i++) {
      var user = new UserId("user-" + i);
      if (nodes.get(node).cell.local().holds(user)) {
        return user;
      }
    }
  }

  @Override
  public void close() {
    for (String name : List.copyOf(nodes.keySet())) {
      stop(name);
    }
    database.close();
  }

  // ---- what is asked

  static Command.Deliver mail(UserId to, String text) {
    var random = ThreadLocalRandom.current();
    var sender = new Person("carol@example.org", null, null);
    var message =
        Message.of(
            Channel.MAIL,
            sender,
            List.of(new Person(to + "@mainstem.test", null, to)),
            "Hello",
            text,
            Headers.NONE);
    long now = RisingMillis.now();
    return Command.Deliver.of(
        MessageId.of(now, random.nextLong(), random.nextLong()),
        "smtp",
        null,
        Hlc.ofMillis(now),
        message,
        null,
        null);
  }

  static List<String> texts(CellRouter router, UserId user) {
    var threads = get(router.query(user, new Query.Threads(null, null, 100, null))).threads();
    var texts = new ArrayList<String>();
    for (var thread : threads) {
      var newestFirst = new ArrayDeque<String>();
      @Nullable Position before = null;
      do {
        var page =
            get(router.query(user, new Query.Messages(thread.id(), null, null, 500, before, null)));
        page.messages().reversed().forEach(m -> newestFirst.push(m.message().text()));
        before = page.next();
      } while (before != null);
      texts.addAll(newestFirst);
    }
    return texts;
  }

  static <T> T get(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
