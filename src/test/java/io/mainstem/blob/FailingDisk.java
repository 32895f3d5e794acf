package io.mainstem.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A real disk that can be full, refuse to sync, or sync slowly. */
final class FailingDisk implements VolumeFiles {
  final AtomicBoolean failSyncs = new AtomicBoolean();

  final AtomicInteger syncs = new AtomicInteger();
  volatile long bytesLeft = Long.MAX_VALUE;
  private volatile @Nullable CountDownLatch hold;
  private volatile CountDownLatch held = new CountDownLatch(1);

  void holdSyncs() {
    held = new CountDownLatch(1);
    hold = new CountDownLatch(1);
  }

  void awaitHeldSync() {
    try {
      if (!held.await(BlobStoreContract.LONG_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no sync came");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void heal() {
    failSyncs.set(false);
    bytesLeft = Long.MAX_VALUE;
    CountDownLatch waiting = hold;
    hold = null;
    if (waiting != null) {
      waiting.countDown();
    }
  }

  @Override
  public FileChannel open(Path file, OpenOption... options) throws IOException {
    return new Channel(FileChannel.open(file, options));
  }

  private void onSync() throws IOException {
    syncs.incrementAndGet();
    CountDownLatch waiting = hold;
    if (waiting != null) {
      held.countDown();
      try {
        waiting.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    if (failSyncs.get()) {
      throw new IOException("Input/output error");
    }
  }

  private final class Channel extends FileChannel {
    private final FileChannel real;

    Channel(FileChannel real) {
      this.real = real;
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
      if (bytesLeft == 0) {
        throw new IOException("No space left on device");
      }
      int limit = source.limit();
      source.limit((int) Math.min(limit, source.position() + bytesLeft));
      int written = real.write(source, position);
      source.limit(limit);
      if (bytesLeft != Long.MAX_VALUE) {
        bytesLeft -= written;
      }
      return written;
    }

    @Override
    public void force(boolean metadata) throws IOException {
      onSync();
      real.force(metadata);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      return real.read(into, position);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      real.truncate(size);
      return this;
    }

    @Override
    public long size() throws IOException {
      return real.size();
    }

    @Override
    protected void implCloseChannel() throws IOException {
      real.close();
    }

    @Override
    public int read(ByteBuffer into) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }
}
