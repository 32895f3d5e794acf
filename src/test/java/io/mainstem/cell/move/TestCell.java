package io.mainstem.cell.move;

import com.github.benmanes.caffeine.cache.Ticker;
import io.mainstem.cell.Cell;
import io.mainstem.cell.CellClient;
import io.mainstem.cell.Cells;
import io.mainstem.cell.Membership;
import io.mainstem.cell.NodeCard;
import io.mainstem.cell.OtherCells;
import io.mainstem.config.Config;
import io.mainstem.delivery.Deliverer;
import io.mainstem.delivery.LocalTransport;
import io.mainstem.directory.Directory;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Limits;
import io.mainstem.mailbox.MailForms;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Renewal;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Watched;
import io.mainstem.mailbox.host.HostParts;
import io.mainstem.mailbox.host.LocalMailboxes;
import io.mainstem.message.UserId;
import io.mainstem.stage.Stages;
import io.mainstem.store.FeatureLevel;
import io.mainstem.store.MailboxStore.Mailbox;
import io.mainstem.store.MailboxStore.Row;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksMailboxStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A cell of one node on a database of its own, with everything that a move needs. It can be killed,
 * so that only what is on the disk is left, or be replaced by another node while it goes on and
 * does not know.
 */
final class TestCell {
  private static final long LOOK_MILLIS = 200;

  /** How long a user is looked for, and what is given away is waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TwoCells town;
  final String name;
  private final Path data;
  private RocksDatabase database;
  RocksMailboxStore store;
  volatile Node node;

  /** What one process of the cell has in memory. */
  final class Node implements CellClient {
    final Vertx vertx = Vertx.vertx();
    final Directory directory;
    final Cells cells;
    final Deliverer deliverer;
    final Mover mover;
    final LocalMailboxes mailboxes;
    final String id;

    /** Null: cells know one another by a call. */
    final @Nullable Cell wired;

    private @Nullable OtherCells others;

    /** A killed node answers nobody and hears nothing. */
    volatile boolean dead;

    private final Promise<Void> death = Promise.promise();

    Node(String id, Config config) {
      this.id = id;
      directory =
          new Directory(
              town.directory,
              config.directory(),
              name,
              10,
              Clock.systemUTC(),
              Ticker.systemTicker());
      TwoCells.get(directory.start());
      Function<String, @Nullable CellClient> clients = town.wired ? this::client : town::client;
      cells = new Cells(vertx, name, clients, directory.accounts(), PATIENCE);
      deliverer =
          new Deliverer(
              vertx,
              cells,
              List.of(new LocalTransport(cells, directory.accounts(), town.blobs)),
              config.delivery(),
              new Deliverer.StatusPace(50, 100),
              Stages.unobserved(),
              Clock.systemUTC(),
              new Random(7));
      mover =
          new Mover(
              new Mover.Parts(
                  vertx,
                  name,
                  directory.accounts(),
                  directory.moves(),
                  town.blobs,
                  cells,
                  town.settings,
                  (user, step) -> town.onStep(this, user, step),
                  Clock.systemUTC()));
      var parts =
          new HostParts(
              store,
              store.ownership(),
              user ->
                  directory
                      .accounts()
                      .fresh(user)
                      .compose(account -> Residence.generation(account, name)),
              deliverer,
              (user, counts, cursor) -> {},
              StageMeter.NONE,
              Clock.systemUTC(),
              () -> ThreadLocalRandom.current().nextLong(),
              Limits.DEFAULT,
              config.mailbox(),
              id,
              config.store().partitions(),
              MailForms.NONE,
              mover,
              Renewal.NONE);
      if (town.wired) {
        wired = TwoCells.get(Cell.start(wiredParts(parts, config)));
        mailboxes = wired.local();
        mover.begin(mailboxes);
        meetOthers(wired, config);
      } else {
        wired = null;
        mailboxes = TwoCells.get(LocalMailboxes.join(vertx, parts, 2));
        mover.begin(mailboxes);
        TwoCells.get(
            mailboxes.take(
                IntStream.range(0, TwoCells.PARTITIONS).boxed().collect(Collectors.toSet())));
      }
    }

    private Cell.Parts wiredParts(HostParts parts, Config config) {
      return new Cell.Parts(
          vertx,
          parts,
          2,
          config.cell(),
          new Alone(),
          "test",
          "store of " + name,
          PATIENCE,
          town.levels.getOrDefault(name, FeatureLevel.OWN));
    }

    private void meetOthers(Cell cell, Config config) {
      directory
          .notices()
          .tellOthers(
              notice -> {
                OtherCells known = others;
                if (known != null) {
                  known.tellAll("directory", notice);
                }
              });
      cell.listen("directory", directory.notices()::hear);
      others =
          TwoCells.get(
              OtherCells.start(
                  new OtherCells.Parts(
                      vertx,
                      cell,
                      directory.knownCells(),
                      config.cell(),
                      config.mailbox(),
                      LOOK_MILLIS,
                      deliverer::lookAgain)));
    }

    OtherCells others() {
      return java.util.Objects.requireNonNull(others);
    }

    private @Nullable CellClient client(String cell) {
      OtherCells known = others;
      return town.unreachable.containsKey(cell)
          ? null
          : cell.equals(name)
              ? java.util.Objects.requireNonNull(wired).router()
              : known == null ? null : known.client(cell);
    }

    /** What is under way when a process dies fails, as it does when a connection breaks. */
    private <T> Future<T> alive(Supplier<Future<T>> ask) {
      if (dead) {
        return Future.failedFuture(new IllegalStateException("cell " + name + " is not reached"));
      }
      Promise<T> promise = Promise.promise();
      ask.get()
          .onComplete(
              done -> {
                if (done.succeeded()) {
                  promise.tryComplete(done.result());
                } else {
                  promise.tryFail(done.cause());
                }
              });
      death
          .future()
          .onComplete(
              died -> promise.tryFail(new IllegalStateException("cell " + name + " has died")));
      return promise.future();
    }

    private Flux<Watched> aliveWatch(Supplier<Flux<Watched>> watch) {
      if (dead) {
        return Flux.just(new Watched.Reconnect());
      }
      Mono<Void> died = Mono.create(sink -> death.future().onComplete(unused -> sink.success()));
      return watch
          .get()
          .takeUntilOther(died)
          .concatWith(Flux.defer(() -> dead ? Flux.just(new Watched.Reconnect()) : Flux.empty()));
    }

    @Override
    public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
      return alive(() -> mailboxes.submit(user, command));
    }

    @Override
    public <R> Future<R> query(UserId user, Query<R> query) {
      return alive(() -> mailboxes.query(user, query));
    }

    @Override
    public Flux<Watched> watch(UserId user, Cursor after) {
      return aliveWatch(() -> mailboxes.watch(user, after));
    }

    @Override
    public Future<Long> adopt(Mailbox mailbox, List<Row> rows) {
      return alive(() -> mailboxes.adopt(mailbox, rows));
    }

    /** What a client of this node is served, wherever its mailbox lives. */
    MailboxService everywhere() {
      return new MailboxService() {
        @Override
        public <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
          return alive(() -> cells.submit(user, command));
        }

        @Override
        public <R> Future<R> query(UserId user, Query<R> query) {
          return alive(() -> cells.query(user, query));
        }

        @Override
        public Flux<Watched> watch(UserId user, Cursor after) {
          return aliveWatch(() -> cells.watch(user, after));
        }
      };
    }

    void die() {
      dead = true;
      death.tryComplete();
    }

    void close() {
      die();
      mover.close();
      deliverer.close();
      TwoCells.get(vertx.close());
      directory.close();
    }
  }

  /** The only node of its cell. */
  private static final class Alone implements Membership {
    private volatile List<NodeCard> cards = List.of();
    private volatile Runnable listener = () -> {};

    @Override
    public Future<Void> publish(NodeCard card) {
      cards = List.of(card);
      listener.run();
      return Future.succeededFuture();
    }

    @Override
    public List<NodeCard> nodes() {
      return cards;
    }

    @Override
    public void onChange(Runnable told) {
      listener = told;
    }

    @Override
    public Future<Void> leave() {
      cards = List.of();
      return Future.succeededFuture();
    }
  }

  TestCell(TwoCells town, String name, Path data) {
    this.town = town;
    this.name = name;
    this.data = data;
    open();
    node = start();
  }

  private Config config(String node) {
    var all = new HashMap<>(town.more.getOrDefault(name, Map.of()));
    all.putAll(
        Map.ofEntries(
            Map.entry("cell.enabled", "true"),
            Map.entry("cell.name", name),
            Map.entry("cell.node", node),
            Map.entry("cell.members.seeds", "nobody:1"),
            Map.entry("cell.wire.port", "0"),
            Map.entry("cell.watchSeconds", "1"),
            Map.entry("store.writeBufferBytes", "8m"),
            Map.entry("store.cacheBytes", "4m"),
            Map.entry("store.partitions", String.valueOf(TwoCells.PARTITIONS)),
            Map.entry("delivery.retryFirstMillis", "20"),
            Map.entry("delivery.retryMaxMillis", "200"),
            Map.entry("directory.domain", "mainstem.test")));
    return Config.of(all);
  }

  private void open() {
    database = RocksDatabase.open(data, config("any").store(), StageMeter.NONE);
    store = new RocksMailboxStore(database);
  }

  private int nodes;

  private Node start() {
    // A process that starts again has the name that it had.
    String id = town.wired ? name + 1 : name + ++nodes;
    return new Node(id, config(id));
  }

  /** Ends the process and starts another on what the disk has. */
  void kill() {
    Node old = node;
    old.die();
    old.mover.close();
    old.deliverer.close();
    if (town.wired) {
      // Its sockets close, and nobody is told.
      old.close();
      database.close();
    } else {
      database.close();
      old.close();
    }
    open();
    node = start();
  }

  /**
   * Another node takes everything over; the old one is not told, and goes on with what it thinks is
   * its own.
   */
  void replace() {
    Node old = node;
    TwoCells.get(store.ownership().fence(old.mailboxes.incarnation()));
    node = start();
    town.zombies.add(old);
  }

  private boolean closed;

  /** It is gone for good. */
  void close() {
    if (!closed) {
      closed = true;
      node.close();
      database.close();
    }
  }
}
