package io.mainstem.gateway.http.stream;

import io.mainstem.config.Http;
import io.mainstem.gateway.http.handlers.Sending;
import io.mainstem.gateway.http.protocol.Cursors;
import io.mainstem.gateway.http.protocol.Malformed;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.mainstem.gateway.http.protocol.Validator;
import io.mainstem.gateway.http.session.Authentication;
import io.mainstem.gateway.http.session.Caller;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.stage.Stage;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import org.jspecify.annotations.Nullable;

/**
 * Where a stream comes in: checks who and from where, then makes a WebSocket of the request (RFC
 * 6455 §4.2). One for each event loop. It stands beside the router, so that an idle stream keeps
 * nothing of a route.
 */
public final class StreamDoor {
  private static final int MAX_FLUSHES_JOINED = 256;

  private final Vertx vertx;
  private final Authentication authentication;
  private final Validator validator;
  private final StreamParts parts;
  private final long timer;

  public StreamDoor(
      Vertx vertx,
      Http.Stream config,
      MailboxService mailboxes,
      Authentication authentication,
      Validator validator,
      Streams streams,
      FrameTexts frames,
      Sending sending,
      Typing typing,
      Handing handing,
      StreamMetrics metrics,
      Stage stage) {
    this.vertx = vertx;
    this.authentication = authentication;
    this.validator = validator;
    var pulse = new Pulse(config.pingSeconds());
    this.parts =
        new StreamParts(
            config, mailboxes, streams, frames, sending, typing, handing, pulse, metrics, stage);
    this.timer = vertx.setPeriodic(1000, id -> pulse.beat(System.currentTimeMillis()));
  }

  /** Fails when the request is refused; then nothing was answered yet. */
  public Future<Void> enter(HttpServerRequest request) {
    if (!"websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))) {
      return Future.failedFuture(new Refused(ProblemType.UPGRADE_REQUIRED));
    }
    request.pause();
    return authentication
        .streamCaller(request)
        .compose(caller -> since(request, caller).compose(cursor -> open(request, caller, cursor)));
  }

  private Future<Cursor> since(HttpServerRequest request, Caller caller) {
    @Nullable String since;
    try {
      since = (String) validator.query(request.query()).get("since");
      if (since != null) {
        return Future.succeededFuture(Cursors.read(since, "since"));
      }
    } catch (Malformed | Refused e) {
      return Future.failedFuture(e);
    }
    return parts.mailboxes().query(caller.user(), new Query.Head());
  }

  private Future<Void> open(HttpServerRequest request, Caller caller, Cursor since) {
    return request
        .toWebSocket()
        .recover(
            cause ->
                Future.failedFuture(
                    new Refused(ProblemType.MALFORMED, "The WebSocket handshake is wrong.")))
        .map(
            socket -> {
              joinFlushes(socket);
              var stream = new StreamSession(parts, socket, vertx.getOrCreateContext(), caller);
              stream.open(since);
              endIfEnded(request, stream);
              return null;
            });
  }

  /** A session that ended after it was asked for, and before its stream was known, told nobody. */
  private void endIfEnded(HttpServerRequest request, StreamSession stream) {
    authentication
        .streamCaller(request)
        .onFailure(
            cause -> {
              if (cause instanceof Refused) {
                stream.endSession();
              }
            });
  }

  /** Several frames of one turn of the event loop become one write to the socket. */
  private static void joinFlushes(ServerWebSocket socket) {
    if (socket instanceof WebSocketInternal internal) {
      ChannelHandlerContext channel = internal.channelHandlerContext();
      channel.pipeline().addFirst(new FlushConsolidationHandler(MAX_FLUSHES_JOINED, true));
    }
  }

  /** Tells all streams of this event loop to connect again, and takes no more. */
  public void close() {
    vertx.cancelTimer(timer);
    parts.pulse().endAll();
  }
}
