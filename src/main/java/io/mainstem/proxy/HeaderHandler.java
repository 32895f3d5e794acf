package io.mainstem.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds back the first bytes of a connection until its header is there, takes that off, and leaves
 * the pipeline. Each callback is on the channel's event loop; one of the three is called, once.
 */
final class HeaderHandler extends ChannelDuplexHandler {
  /** "The receiver may apply a short time-out": the header comes with the connection. */
  private static final long SECONDS = 5;

  private final Consumer<ProxyHeader> onHeader;
  private final Consumer<String> onRefused;
  private final Runnable onGone;

  private ByteBuf held = Unpooled.EMPTY_BUFFER;
  private @Nullable Future<?> deadline;

  private enum State {
    WAITING,
    /** The header is told; what came behind it waits until somebody reads. */
    PASSING,
    DONE
  }

  private State state = State.WAITING;

  HeaderHandler(Consumer<ProxyHeader> onHeader, Consumer<String> onRefused, Runnable onGone) {
    this.onHeader = onHeader;
    this.onRefused = onRefused;
    this.onGone = onGone;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline =
        context
            .executor()
            .schedule(() -> refuse(context, "no header came"), SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (state == State.DONE || !(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    if (held == Unpooled.EMPTY_BUFFER) {
      held = context.alloc().buffer(bytes.readableBytes());
    }
    held.writeBytes(bytes);
    bytes.release();
    if (state == State.WAITING) {
      look(context);
    }
  }

  private void look(ChannelHandlerContext context) {
    ProxyHeader header;
    try {
      header = ProxyHeader.read(held);
    } catch (Malformed malformed) {
      refuse(context, String.valueOf(malformed.getMessage()));
      return;
    }
    if (header == null) {
      return;
    }
    held.skipBytes(header.lengthBytes());
    state = State.PASSING;
    cancelDeadline();
    onHeader.accept(header);
    // Unless somebody has stopped reading, or has read on already.
    if (state == State.PASSING && context.channel().config().isAutoRead()) {
      pass(context);
    }
  }

  /** Whoever stopped reading, to put TLS in place or to take his time, reads again. */
  @Override
  public void read(ChannelHandlerContext context) {
    if (state == State.PASSING && context.channel().config().isAutoRead()) {
      pass(context);
    }
    context.read();
  }

  private void pass(ChannelHandlerContext context) {
    state = State.DONE;
    var pipeline = context.pipeline();
    ByteBuf rest = held;
    held = Unpooled.EMPTY_BUFFER;
    pipeline.remove(this);
    if (rest.isReadable()) {
      // From the front: TLS may have been put there meanwhile.
      pipeline.fireChannelRead(rest);
      pipeline.fireChannelReadComplete();
    } else {
      rest.release();
    }
  }

  private void refuse(ChannelHandlerContext context, String reason) {
    if (state == State.WAITING) {
      state = State.DONE;
      cancelDeadline();
      onRefused.accept(reason);
      context.close().addListener(closed -> {});
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (state == State.WAITING) {
      state = State.DONE;
      cancelDeadline();
      onGone.run();
    }
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    cancelDeadline();
    held.release();
    held = Unpooled.EMPTY_BUFFER;
  }

  private void cancelDeadline() {
    Future<?> running = deadline;
    deadline = null;
    if (running != null) {
      running.cancel(false);
    }
  }
}
