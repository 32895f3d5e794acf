package io.mainstem.blob;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The one crossing from blocking reads to a context: reads a piece on an executor only when the
 * reader wants one, and hands it over on the context. At most one piece is in memory. Confined to
 * its context, but for the reading itself.
 */
public final class BlobStream implements ReadStream<Buffer> {
  private static final int PIECE_BYTES = 64 << 10;

  private final Context context;
  private final Executor executor;
  private final Callable<InputStream> source;
  private @Nullable InputStream input; // touched by the executor only, one read at a time
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;
  private @Nullable Handler<Throwable> exceptionHandler;
  private long demand;
  private boolean reading;
  private boolean done;
  private @Nullable Buffer undelivered;

  /**
   * @param context where its handlers are called
   * @param executor where the source is opened and read; may block
   */
  public BlobStream(Context context, Executor executor, Callable<InputStream> source) {
    this.context = context;
    this.executor = executor;
    this.source = source;
  }

  @Override
  @CanIgnoreReturnValue
  public BlobStream handler(@Nullable Handler<Buffer> handler) {
    this.handler = handler;
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public BlobStream endHandler(@Nullable Handler<Void> handler) {
    this.endHandler = handler;
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public BlobStream exceptionHandler(@Nullable Handler<Throwable> handler) {
    this.exceptionHandler = handler;
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public BlobStream pause() {
    demand = 0;
    return this;
  }

  @Override
  @CanIgnoreReturnValue
  public BlobStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  @CanIgnoreReturnValue
  public BlobStream fetch(long amount) {
    demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
    context.runOnContext(now -> next());
    return this;
  }

  /** Stops reading and lets the source go; no handler is called any more. */
  public void close() {
    done = true;
    if (!reading) {
      reading = true;
      submit(this::closeInput);
    }
  }

  private void next() {
    if (done || reading || demand == 0) {
      return;
    }
    Buffer piece = undelivered;
    if (piece != null) {
      undelivered = null;
      deliver(piece);
      return;
    }
    reading = true;
    submit(this::readPiece);
  }

  private void readPiece() {
    try {
      InputStream in = input;
      if (in == null) {
        in = source.call();
        input = in;
      }
      byte[] bytes = in.readNBytes(PIECE_BYTES);
      context.runOnContext(now -> onPiece(Buffer.buffer(bytes)));
    } catch (Exception | StackOverflowError cause) {
      context.runOnContext(now -> onEnd(cause));
    }
  }

  private void onPiece(Buffer piece) {
    reading = false;
    if (done) {
      close();
    } else if (piece.length() == 0) {
      onEnd(null);
    } else if (demand == 0) {
      undelivered = piece;
    } else {
      deliver(piece);
    }
  }

  private void deliver(Buffer piece) {
    if (demand != Long.MAX_VALUE) {
      demand--;
    }
    Handler<Buffer> to = handler;
    if (to != null) {
      to.handle(piece);
    }
    next();
  }

  private void onEnd(@Nullable Throwable cause) {
    reading = false;
    if (done) {
      close();
      return;
    }
    close();
    Handler<Void> atEnd = endHandler;
    Handler<Throwable> atFailure = exceptionHandler;
    if (cause == null && atEnd != null) {
      atEnd.handle(null);
    } else if (cause != null && atFailure != null) {
      atFailure.handle(cause);
    }
  }

  private void closeInput() {
    InputStream in = input;
    if (in != null) {
      try {
        in.close();
      } catch (IOException e) {
        // A source that was only read has nothing to lose by a failed close.
      }
    }
  }

  private void submit(Runnable work) {
    try {
      executor.execute(work);
    } catch (RejectedExecutionException closed) {
      reading = false;
      if (!done) {
        context.runOnContext(now -> onEnd(closed));
      }
    }
  }
}
