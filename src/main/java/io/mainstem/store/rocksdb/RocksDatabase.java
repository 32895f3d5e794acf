package io.mainstem.store.rocksdb;

import io.mainstem.message.Rejected;
import io.mainstem.store.StageMeter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksObject;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open database: its column families, the thread that commits, and the threads that read.
 * Everything native is closed here.
 */
public final class RocksDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RocksDatabase.class);

  private static final List<String> FAMILIES =
      List.of("default", "log", "body", "objects", "directory", "agenda", "fence");

  private final RocksDB db;
  private final List<ColumnFamilyHandle> handles;
  private final List<RocksObject> natives;
  private final ThreadPoolExecutor readers;
  private final CommitThread commits;
  private final io.mainstem.config.Store config;
  private boolean closed;

  private RocksDatabase(
      RocksDB db,
      List<ColumnFamilyHandle> handles,
      List<RocksObject> natives,
      Path path,
      io.mainstem.config.Store config,
      StageMeter meter) {
    this.db = db;
    this.handles = handles;
    this.natives = natives;
    this.config = config;
    var number = new AtomicInteger();
    this.readers =
        new ThreadPoolExecutor(
            config.readThreads(),
            config.readThreads(),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(config.readQueue()),
            task -> {
              var thread = new Thread(task, "mainstem-read-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    this.commits = new CommitThread(db, path.toFile(), config, meter);
  }

  /**
   * Opens or makes the database in {@code data}/store; the caller holds the lock of {@code data}.
   * Fails with {@link CannotOpen}.
   */
  public static RocksDatabase open(Path data, io.mainstem.config.Store config, StageMeter meter) {
    RocksDB.loadLibrary();
    Path path = data.resolve("store");
    var natives = new ArrayList<RocksObject>();
    var handles = new ArrayList<ColumnFamilyHandle>();
    try {
      boolean fresh = Files.notExists(path);
      Files.createDirectories(path);
      if (fresh) {
        sync(data);
      }
      var cache = keep(natives, new LRUCache(config.cacheBytes()));
      var buffers = keep(natives, new WriteBufferManager(config.writeBufferBytes(), cache));
      var options = keep(natives, options(config, buffers));
      var columns = new ArrayList<ColumnFamilyDescriptor>();
      for (String name : FAMILIES) {
        columns.add(
            new ColumnFamilyDescriptor(
                name.getBytes(StandardCharsets.US_ASCII),
                keep(natives, columns(config, cache, natives))));
      }
      var db = RocksDB.open(options, path.toString(), columns, handles);
      var database = new RocksDatabase(db, handles, natives, path, config, meter);
      database.commits.start();
      return database;
    } catch (RocksDBException e) {
      natives.reversed().forEach(RocksObject::close);
      throw new CannotOpen(explain(path, e));
    } catch (IOException e) {
      throw new CannotOpen(
          "The store in "
              + path.toAbsolutePath()
              + " cannot be used: "
              + e
              + ". Check that this user may write there and that the disk is not full.");
    }
  }

  /** For those who read on their own; never on an event loop. Not after {@link #close}. */
  public RocksDB db() {
    return db;
  }

  public ColumnFamilyHandle directory() {
    return handles.get(4);
  }

  /** Writes go through here, all of them. */
  public CommitThread commits() {
    return commits;
  }

  public io.mainstem.config.Store config() {
    return config;
  }

  ColumnFamilyHandle meta() {
    return handles.get(0);
  }

  ColumnFamilyHandle log() {
    return handles.get(1);
  }

  ColumnFamilyHandle body() {
    return handles.get(2);
  }

  ColumnFamilyHandle objects() {
    return handles.get(3);
  }

  ColumnFamilyHandle agenda() {
    return handles.get(5);
  }

  ColumnFamilyHandle fences() {
    return handles.get(6);
  }

  /** Reads that wait for a thread. */
  public int readQueueDepth() {
    return readers.getQueue().size();
  }

  /** Runs a read on a reading thread. */
  public <T> Future<T> read(Callable<T> task) {
    Promise<T> promise = Promise.promise();
    try {
      readers.execute(
          () -> {
            T result;
            try {
              result = task.call();
            } catch (Throwable e) {
              promise.fail(e);
              return;
            }
            promise.complete(result);
          });
    } catch (RejectedExecutionException e) {
      promise.fail(
          readers.isShutdown()
              ? new IllegalStateException("the store is closed")
              : new Rejected(
                  Rejected.Rule.BUSY, "too many reads wait for the disk (store.readQueue)"));
    }
    return promise.future();
  }

  /**
   * Writes what is in memory to tables, so that the next start has nothing to replay and the
   * write-ahead log does not stay as large as it was. A store that could not write is left as it
   * is: what it refused must not come back.
   */
  private void flush() {
    if (commits.problem() != null) {
      return;
    }
    try (var options = new FlushOptions().setWaitForFlush(true).setAllowWriteStall(true)) {
      db.flush(options, handles);
    } catch (RocksDBException e) {
      LOG.warn(
          "The store could not be flushed at its end; the next start reads its write-ahead log: {}",
          e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    commits.close();
    readers.shutdown();
    boolean interrupted = false;
    while (!readers.isTerminated()) {
      try {
        if (!readers.awaitTermination(1, TimeUnit.MINUTES)) {
          readers.shutdownNow();
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    flush();
    handles.forEach(ColumnFamilyHandle::close);
    db.close();
    natives.reversed().forEach(RocksObject::close);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Forces a directory's own entries to the disk, so that what was made in it is there after a
   * power cut.
   */
  private static void sync(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static <T extends RocksObject> T keep(List<RocksObject> natives, T object) {
    natives.add(object);
    return object;
  }

  private static DBOptions options(io.mainstem.config.Store config, WriteBufferManager buffers) {
    return new DBOptions()
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setParanoidChecks(true)
        // A torn last record is what a power cut leaves; damage anywhere else stops the start.
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
        .setMaxTotalWalSize(config.maxWalBytes())
        .setWriteBufferManager(buffers)
        .setMaxOpenFiles(config.maxOpenFiles())
        .setMaxBackgroundJobs(2)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setKeepLogFileNum(5)
        .setMaxLogFileSize(1 << 20)
        .setStatsDumpPeriodSec(0)
        // How it comes back by itself after a full disk: twice a second, without end.
        .setMaxBgErrorResumeCount(Integer.MAX_VALUE)
        .setBgerrorResumeRetryInterval(500_000);
  }

  private static ColumnFamilyOptions columns(
      io.mainstem.config.Store config, LRUCache cache, List<RocksObject> natives) {
    var table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setCacheIndexAndFilterBlocks(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            .setFilterPolicy(keep(natives, new BloomFilter(10)))
            .setBlockSize(16 << 10);
    return new ColumnFamilyOptions()
        .setTableFormatConfig(table)
        .setWriteBufferSize(Math.max(1 << 20, config.writeBufferBytes() / 4))
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setBottommostCompressionType(CompressionType.ZSTD_COMPRESSION)
        .setLevelCompactionDynamicLevelBytes(true);
  }

  private static String explain(Path path, RocksDBException e) {
    String text =
        "The store in " + path.toAbsolutePath() + " cannot be opened: " + e.getMessage() + ".";
    String lower = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (lower.contains("no space")) {
      return text + " The disk is full. Make space and start again.";
    }
    if (lower.contains("lock")) {
      return text
          + " Another process uses it. Stop that one, or choose another directory with --data.";
    }
    if (lower.contains("corruption")
        || lower.contains("mismatch")
        || lower.contains("missing")
        || lower.contains("no such file")) {
      return text
          + damagedFile(path)
          + " A file is damaged or missing (*.log is the write-ahead log, *.sst a table); nothing"
          + " was changed. Do not delete it: mail that was acknowledged may stand in it. Copy the"
          + " directory aside, check the disk, and restore the newest backup of the whole data"
          + " directory.";
    }
    return text + " Check that this user may write there and that the disk is healthy.";
  }

  /**
   * Where the damage is, as RocksDB wrote it into its own log a moment ago; empty when it did not.
   */
  private static String damagedFile(Path path) {
    String where = "";
    try (var lines = Files.lines(path.resolve("LOG"), StandardCharsets.ISO_8859_1)) {
      var damage =
          Pattern.compile("(\\d+\\.(?:log|sst))\\b.*[Cc]orruption: ([^\\n]*)").asPredicate();
      where = lines.filter(damage).reduce("", (first, second) -> second);
    } catch (IOException | UncheckedIOException e) {
      return where;
    }
    var file = Pattern.compile("\\d+\\.(?:log|sst)").matcher(where);
    return file.find()
        ? " It is the file " + path.resolve(file.group()).toAbsolutePath() + "."
        : "";
  }
}
