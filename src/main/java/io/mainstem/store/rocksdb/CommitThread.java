package io.mainstem.store.rocksdb;

import io.mainstem.message.Rejected;
import io.mainstem.store.MailboxStore.StoreFull;
import io.mainstem.store.StageMeter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes: it drains whatever waits into one batch, syncs the write-ahead log
 * once, and completes all of it. What arrives during the sync makes the next batch, so a slow disk
 * gives larger batches, not a longer line.
 *
 * <p><b>When a write fails.</b> The batch is in no memtable, so nobody in this process reads it;
 * but its bytes may stand in the write-ahead log, on the disk or only in the page cache. So nothing
 * may be written behind it in that file, and no later sync may count for it:
 *
 * <ul>
 *   <li>No space: RocksDB writes no more to that file. When there is space again it flushes its
 *       memtables to (synced) tables, opens a new write-ahead log and forgets the old one, and with
 *       it the refused bytes; only then a write succeeds again.
 *   <li>Anything else (an I/O error of a write or a sync): the kernel may have dropped the dirty
 *       pages and will report the next sync as good. Every write is refused until the store is
 *       opened again, which reads what the file really holds.
 * </ul>
 *
 * Below a reserve of free space appends are refused before anything is written, so that the first
 * case is rare.
 */
public final class CommitThread {
  private static final Logger LOG = LoggerFactory.getLogger(CommitThread.class);

  /**
   * Puts what it wants to be written into the batch; runs on the commit thread and must not block.
   */
  @FunctionalInterface
  public interface Change {
    void writeTo(WriteBatch batch) throws RocksDBException;
  }

  /**
   * Reads what is committed, decides, and puts its outcome into the batch; all committed before it
   * is visible to it.
   */
  @FunctionalInterface
  public interface Transaction<T> {
    @Nullable T run(WriteBatch batch) throws RocksDBException;
  }

  /** Something to commit. {@code fill} throws before it has put anything, or is rolled back. */
  abstract static class Job {
    final long sinceNanos = System.nanoTime();
    StageMeter.Passage passage = () -> {};

    /** Whether it reads what others have written, so that they must be committed before. */
    boolean reads() {
      return false;
    }

    /**
     * Whether it needs the sync, or may wait for the next one: the order of the log keeps it before
     * all that follows.
     */
    boolean needsSync() {
      return true;
    }

    int sizeBytes() {
      return 256;
    }

    abstract void fill(WriteBatch batch) throws RocksDBException;

    abstract void succeed();

    abstract void fail(Throwable cause);

    /**
     * Forgets on the commit thread what {@code fill} assumed: the batch was not written. Comes
     * before {@code fail}.
     */
    void undo() {}
  }

  private final RocksDB db;
  private final File directory;
  private final io.mainstem.config.Store config;
  private final StageMeter meter;
  private final LinkedBlockingQueue<Job> queue;
  private final WriteOptions synced;
  private final WriteOptions unsynced = new WriteOptions();
  private final AtomicLong oldestNanos = new AtomicLong();
  private final Thread thread;
  private volatile @Nullable String problem;
  private volatile boolean suspect;
  private volatile boolean closed;

  CommitThread(RocksDB db, File directory, io.mainstem.config.Store config, StageMeter meter) {
    this.db = db;
    this.directory = directory;
    this.config = config;
    this.meter = meter;
    this.queue = new LinkedBlockingQueue<>(config.commitQueue());
    this.synced = new WriteOptions().setSync(config.sync());
    this.thread = new Thread(this::run, "mainstem-commit");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /**
   * Commits what the change puts into the batch, with whatever else waits; completes when it is
   * synced.
   */
  public Future<Void> commit(Change change) {
    return transact(
        batch -> {
          change.writeTo(batch);
          return null;
        },
        false);
  }

  /**
   * Commits the outcome of a transaction. It runs after all that was handed in before it is
   * committed.
   */
  public <T> Future<T> transact(Transaction<T> transaction) {
    return transact(transaction, true);
  }

  /**
   * The same for one who reads nothing of the database: it shares its batch with what came before.
   */
  <T> Future<T> transactBlindly(Transaction<T> transaction) {
    return transact(transaction, false);
  }

  /** Entries that wait. */
  public int queueDepth() {
    return queue.size();
  }

  /** How long the batch that is now being written has waited; 0 when none is. */
  public long stuckNanos() {
    long since = oldestNanos.get();
    return since == 0 ? 0 : System.nanoTime() - since;
  }

  /**
   * Why nothing can be written now; null when all is well. A full disk is no problem any more as
   * soon as there is space, though nobody may have written since.
   */
  public @Nullable String problem() {
    String text = problem;
    return text != null && !suspect && directory.getUsableSpace() >= reserve() ? null : text;
  }

  void submit(Job job) {
    job.passage = meter.enter();
    if (closed) {
      fail(job, new StoreFull("the store is closed"));
    } else if (!queue.offer(job)) {
      meter.refused("queue");
      fail(
          job,
          new Rejected(
              Rejected.Rule.BUSY, "too many writes wait for the disk (store.commitQueue)"));
    } else if (closed && queue.remove(job)) {
      fail(job, new StoreFull("the store is closed"));
    }
  }

  /** Commits what waits, refuses what comes, and ends. */
  void close() {
    closed = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    for (Job job = queue.poll(); job != null; job = queue.poll()) {
      fail(job, new StoreFull("the store is closed"));
    }
    synced.close();
    unsynced.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private <T> Future<T> transact(Transaction<T> transaction, boolean reads) {
    Promise<T> promise = Promise.promise();
    submit(
        new Job() {
          private @Nullable T result;

          @Override
          boolean reads() {
            return reads;
          }

          @Override
          void fill(WriteBatch batch) throws RocksDBException {
            batch.setSavePoint();
            try {
              result = transaction.run(batch);
            } catch (RocksDBException | RuntimeException e) {
              batch.rollbackToSavePoint();
              throw e;
            }
            batch.popSavePoint();
          }

          @Override
          void succeed() {
            promise.complete(result);
          }

          @Override
          void fail(Throwable cause) {
            promise.fail(cause);
          }
        });
    return promise.future();
  }

  private void run() {
    List<Job> group = new ArrayList<>(config.commitMaxEntries());
    @Nullable Job next = null;
    try (var batch = new WriteBatch(64 << 10)) {
      while (next != null || !closed || !queue.isEmpty()) {
        Job first = next;
        if (first == null) {
          try {
            first = closed ? queue.poll() : queue.take();
          } catch (InterruptedException e) {
            continue;
          }
          if (first == null) {
            continue;
          }
        }
        oldestNanos.set(first.sinceNanos);
        next = gather(first, group, batch);
        if (!group.isEmpty()) {
          write(group, batch);
        }
        group.clear();
        batch.clear();
        oldestNanos.set(0);
      }
    } catch (Throwable e) {
      // Only a defect of ours gets here. What waits fails with an unknown outcome when the store is
      // closed.
      suspect = true;
      problem = "the commit thread has ended: " + e;
      closed = true;
      group.forEach(job -> fail(job, e));
      LOG.error("The commit thread has ended", e);
    }
  }

  /**
   * Fills the batch from the queue, up to the bounds; gives back a job that must begin the next
   * batch.
   */
  private @Nullable Job gather(Job first, List<Job> group, WriteBatch batch) {
    String refusal = refusal();
    long bytes = 0;
    for (Job job = first; job != null; job = queue.poll()) {
      if (job.reads() && !group.isEmpty()) {
        return job;
      }
      if (refusal != null) {
        refuse(job, refusal);
        continue;
      }
      try {
        job.fill(batch);
        group.add(job);
        bytes += job.sizeBytes();
      } catch (RocksDBException | RuntimeException e) {
        fail(job, e);
      }
      if (group.size() >= config.commitMaxEntries() || bytes >= config.commitMaxBytes()) {
        return null;
      }
    }
    return null;
  }

  private void write(List<Job> group, WriteBatch batch) {
    boolean sync = false;
    for (Job job : group) {
      sync |= job.needsSync();
    }
    try {
      db.write(sync ? synced : unsynced, batch);
    } catch (RocksDBException e) {
      onFailedWrite(e);
      String text = problem;
      group.forEach(Job::undo);
      for (Job job : group) {
        refuse(job, text == null ? "the store cannot write" : text);
      }
      return;
    }
    if (problem != null) {
      LOG.info("The store writes again");
      problem = null;
    }
    for (Job job : group) {
      job.passage.leave();
      try {
        job.succeed();
      } catch (RuntimeException e) {
        // A listener's defect must not cost the others their answers.
        LOG.error("A listener of a commit failed", e);
      }
    }
  }

  private void onFailedWrite(RocksDBException e) {
    Status status = e.getStatus();
    boolean full = status != null && status.getSubCode() == Status.SubCode.NoSpace;
    if (full) {
      report(
          "the disk of "
              + directory
              + " is full ("
              + e.getMessage()
              + "); writing goes on by itself when there is space");
    } else {
      suspect = true;
      report(
          "writing to "
              + directory
              + " failed ("
              + e.getMessage()
              + "); nothing more is written until the program is started again. Check the disk"
              + " first");
    }
  }

  private @Nullable String refusal() {
    if (suspect) {
      return problem;
    }
    long free = directory.getUsableSpace();
    if (free < reserve()) {
      report(
          "the disk of "
              + directory
              + " has only "
              + free
              + " bytes left; writing goes on by itself when there is space");
      return problem;
    }
    return null;
  }

  /** What is left free for flushes and compactions: 1/32 of the disk, at most 32 MB. */
  private long reserve() {
    return Math.min(32L << 20, directory.getTotalSpace() / 32);
  }

  private void report(String text) {
    if (problem == null) {
      LOG.error("The store refuses to write: {}", text);
    }
    problem = text;
  }

  private void refuse(Job job, String text) {
    meter.refused(suspect ? "error" : "full");
    fail(job, new StoreFull(text));
  }

  private static void fail(Job job, Throwable cause) {
    job.passage.leave();
    try {
      job.fail(cause);
    } catch (RuntimeException e) {
      LOG.error("A listener of a failed commit failed", e);
    }
  }
}
