package io.mainstem.cell.wire;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream to another node. What is sent from any thread waits for the event loop's next turn,
 * and goes out in one message with all else that came by then. The stream belongs to the context;
 * the line may be filled from anywhere.
 */
final class Link {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);

  private final Context context;
  private final WriteStream<Buffer> out;
  private final Runnable cancel;
  private final int maxBatchBytes;
  private final ConcurrentLinkedQueue<byte[]> line = new ConcurrentLinkedQueue<>();
  private final AtomicLong lineBytes = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Consumer<Link> onClosed;

  /**
   * @param onClosed called once, on the context
   */
  Link(
      Context context,
      WriteStream<Buffer> out,
      Runnable cancel,
      int maxBatchBytes,
      Consumer<Link> onClosed) {
    this.context = context;
    this.out = out;
    this.cancel = cancel;
    this.maxBatchBytes = maxBatchBytes;
    this.onClosed = onClosed;
    out.exceptionHandler(cause -> close("writing failed: " + cause));
  }

  /** Hands on what comes, in its order; ends the link with the stream, or at what is no batch. */
  void read(ReadStream<Buffer> in, BiConsumer<Link, Envelope> onEnvelope) {
    in.exceptionHandler(cause -> close("reading failed: " + cause));
    in.endHandler(ended -> close("the other side ended it"));
    in.handler(
        batch -> {
          try {
            for (Envelope envelope : Batches.read(batch)) {
              onEnvelope.accept(this, envelope);
            }
          } catch (RuntimeException e) {
            LOG.error("A node said something that cannot be understood; its stream is closed", e);
            close("nonsense came");
          }
        });
  }

  /** From any thread. Lost when the link is closed. */
  void send(Envelope envelope) {
    if (closed.get()) {
      return;
    }
    byte[] bytes = Batches.bytes(envelope);
    lineBytes.addAndGet(bytes.length);
    line.add(bytes);
    schedule();
  }

  /** Bytes that wait to be written. */
  long waitingBytes() {
    return lineBytes.get();
  }

  boolean isClosed() {
    return closed.get();
  }

  private void schedule() {
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      context.runOnContext(unused -> flush());
    }
  }

  private void flush() {
    scheduled.set(false);
    try {
      write();
    } catch (IllegalStateException e) {
      // The stream has ended, and its handlers have not been called yet.
      close("it cannot be written to: " + e.getMessage());
    }
  }

  private void write() {
    while (!closed.get() && !line.isEmpty()) {
      if (out.writeQueueFull()) {
        out.drainHandler(drained -> schedule());
        return;
      }
      Buffer batch = Buffer.buffer();
      for (byte[] next = line.peek(); next != null; next = line.peek()) {
        if (batch.length() > 0 && batch.length() + Batches.sizeInBatch(next) > maxBatchBytes) {
          break;
        }
        Batches.append(batch, next);
        line.poll();
        lineBytes.addAndGet(-next.length);
      }
      out.write(batch).onFailure(cause -> close("writing failed: " + cause));
    }
  }

  /** From any thread; what waits is lost. */
  void close(String why) {
    if (closed.compareAndSet(false, true)) {
      LOG.debug("A stream to another node is closed: {}", why);
      context.runOnContext(
          unused -> {
            try {
              cancel.run();
            } catch (RuntimeException e) {
              LOG.debug("A stream was closed already: {}", e.toString());
            }
            line.clear();
            onClosed.accept(this);
          });
    }
  }
}
