package io.mainstem.cell.move;

import io.mainstem.Insistence;
import io.mainstem.blob.BlobSettings;
import io.mainstem.blob.BlobStore;
import io.mainstem.blob.NeedleBlobStore;
import io.mainstem.cell.CellClient;
import io.mainstem.cell.move.MoveMeter.Step;
import io.mainstem.config.Config;
import io.mainstem.directory.Account;
import io.mainstem.message.UserId;
import io.mainstem.store.DirectoryStore;
import io.mainstem.store.FeatureLevel;
import io.mainstem.store.StageMeter;
import io.mainstem.store.rocksdb.RocksDatabase;
import io.mainstem.store.rocksdb.RocksDirectoryStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Two cells with a store each, a directory that is in neither, and one place for blobs, as an
 * object store is.
 */
final class TwoCells implements AutoCloseable {
  static final int PARTITIONS = 8;

  /** What takes longer than this does not happen, however slow the machine is. */
  static final Duration LONG = Duration.ofSeconds(150);

  /** Is told before a step; throws to keep it from being done. */
  interface Watch {
    void onStep(TestCell.Node node, UserId user, Step step);
  }

  /** For nodes that start from now on. */
  volatile MoveSettings settings;

  /** Whether the cells speak to one another over the wire. */
  final boolean wired;

  final Vertx vertx = Vertx.vertx();
  final DirectoryStore directory;
  final BlobStore blobs;
  final TestCell a;
  final TestCell b;
  final List<TestCell.Node> zombies = new CopyOnWriteArrayList<>();
  final List<Step> steps = new CopyOnWriteArrayList<>();
  volatile Watch watch = (node, user, step) -> {};

  /** Cells that nobody reaches now. */
  final Map<String, Boolean> unreachable = new ConcurrentHashMap<>();

  private final RocksDatabase database;
  private final RocksDirectoryStore rows;

  /** What the nodes of a cell read that start from now on; none: all that this version does. */
  final Map<String, Integer> levels = new ConcurrentHashMap<>();

  /** More settings of each cell, by its name. */
  final Map<String, Map<String, String>> more;

  TwoCells(Path data, MoveSettings settings, boolean wired) {
    this(data, settings, wired, Map.of());
  }

  TwoCells(Path data, MoveSettings settings, boolean wired, Map<String, Map<String, String>> more) {
    this(data, settings, wired, more, FeatureLevel.OWN);
  }

  /**
   * @param levelOfB the highest feature level that the nodes of cell b read, until it is changed
   */
  TwoCells(
      Path data,
      MoveSettings settings,
      boolean wired,
      Map<String, Map<String, String>> more,
      int levelOfB) {
    levels.put("b", levelOfB);
    this.more = more;
    this.settings = settings;
    this.wired = wired;
    try {
      Files.createDirectories(data.resolve("directory"));
      database =
          RocksDatabase.open(data.resolve("directory"), Config.defaults().store(), StageMeter.NONE);
      blobs = NeedleBlobStore.open(vertx, BlobSettings.in(data.resolve("blobs")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    rows = new RocksDirectoryStore(database);
    directory = rows;
    a = new TestCell(this, "a", data.resolve("a"));
    b = new TestCell(this, "b", data.resolve("b"));
  }

  /** No move is given up because the machine is slow. */
  static MoveSettings settings() {
    return new MoveSettings(
        4, Duration.ofMinutes(10), Duration.ofMinutes(20), Duration.ZERO, 32, 1 << 20);
  }

  @Nullable CellClient client(String name) {
    if (unreachable.containsKey(name)) {
      return null;
    }
    return switch (name) {
      case "a" -> a.node;
      case "b" -> b.node;
      default -> null;
    };
  }

  void onStep(TestCell.Node node, UserId user, Step step) {
    if (node.dead) {
      throw new IllegalStateException("killed");
    }
    steps.add(step);
    watch.onStep(node, user, step);
  }

  Account account(UserId user) {
    Account account = get(a.node.directory.accounts().fresh(user));
    if (account == null) {
      throw new AssertionError("no account " + user);
    }
    return account;
  }

  @Override
  public void close() {
    zombies.forEach(TestCell.Node::close);
    a.close();
    b.close();
    get(blobs.close());
    database.close();
    get(vertx.close());
  }

  /** See {@link Insistence}. */
  static <T> T insist(Supplier<Future<T>> question) {
    return Insistence.insist(LONG, () -> get(question.get()));
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
