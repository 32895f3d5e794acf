package io.mainstem.gateway.http.stream;

import io.mainstem.gateway.http.protocol.Cursors;
import io.mainstem.gateway.http.protocol.Problem;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.mainstem.gateway.http.protocol.StreamDecoder;
import io.mainstem.gateway.http.protocol.StreamDecoder.Decoded;
import io.mainstem.gateway.http.protocol.StreamRequest;
import io.mainstem.gateway.http.protocol.Utf8;
import io.mainstem.gateway.http.rendering.FrameRenderer;
import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.gateway.http.session.Caller;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.Signal;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.UserId;
import io.mainstem.stage.Stage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One open stream. Confined to the event loop of its socket: what comes from a mailbox on another
 * thread waits in {@code arrived} until the loop takes it, all at once.
 *
 * <pre>
 *   mailbox ── at most WINDOW not yet written ──► arrived ──► socket ── bounded; full: ask the mailbox for no more
 *   client  ── at most maxPending unanswered ──► operations ──► socket
 * </pre>
 */
final class StreamSession implements CoreSubscriber<Watched> {
  /** RFC 6455 §7.4.1 and the IANA registry. */
  static final short NOT_TEXT = 1003;

  static final short NOT_UTF8 = 1007;
  static final short SESSION_ENDED = 1008;
  static final short TOO_LARGE = 1009;
  static final short FAILED = 1011;
  static final short TRY_AGAIN = 1013;

  private static final int WINDOW = 64;

  private final StreamParts parts;
  private final ServerWebSocket socket;
  private final Context context;
  private final Thread loop = Thread.currentThread();
  private final Caller caller;
  private final ArrayDeque<Object> arrived = new ArrayDeque<>(2); // guarded by itself
  private boolean scheduled; // guarded by arrived
  private @Nullable UserStreams siblings;
  private @Nullable Subscription subscription;
  private @Nullable Buffer partial;
  private @Nullable ArrayDeque<Asked> waiting;
  private boolean submitting;
  private boolean fetching;
  private boolean closed;
  private boolean heard = true;
  private int owed;
  private int pending;
  private int place;
  private long fullSinceMillis;

  StreamSession(StreamParts parts, ServerWebSocket socket, Context context, Caller caller) {
    this.parts = parts;
    this.socket = socket;
    this.context = context;
    this.caller = caller;
  }

  UserId user() {
    return caller.user();
  }

  String sessionId() {
    return caller.sessionId();
  }

  /** Joins the user's other streams and starts to watch. */
  void open(Cursor since) {
    socket.closeHandler(v -> onClosed());
    socket.exceptionHandler(cause -> onClosed());
    siblings = parts.streams().add(this);
    if (siblings == null) {
      close(TRY_AGAIN, "too many streams");
      return;
    }
    socket.setWriteQueueMaxSize(parts.config().maxBufferedBytes());
    socket.drainHandler(v -> onDrained());
    socket.frameHandler(this::onFrame);
    socket.pongHandler(pong -> heard = true);
    parts.pulse().add(this);
    parts.mailboxes().watch(user(), since).subscribe(this);
  }

  // ---- from the mailbox, on any thread

  @Override
  public void onSubscribe(Subscription s) {
    arrive(s);
  }

  @Override
  public void onNext(Watched watched) {
    arrive(watched);
  }

  @Override
  public void onError(Throwable cause) {
    arrive(cause);
  }

  @Override
  public void onComplete() {
    arrive(new Watched.Reconnect());
  }

  /** A text that is never logged; dropped when the client is slow. */
  void tell(String ephemeral) {
    arrive(ephemeral);
  }

  /** The session is over: whatever the client does now, it does without one. */
  void endSession() {
    context.runOnContext(v -> close(SESSION_ENDED, "the session ended"));
  }

  private void arrive(Object what) {
    synchronized (arrived) {
      arrived.add(what);
      if (scheduled) {
        return;
      }
      scheduled = true;
    }
    context.runOnContext(v -> drain());
  }

  // ---- on the event loop

  private void drain() {
    while (!fetching) {
      Object what;
      synchronized (arrived) {
        // A full socket keeps what has arrived: it is at most the window that was asked for.
        what = socketIsFull() ? null : arrived.poll();
        if (what == null) {
          scheduled = false;
          break;
        }
      }
      on(what);
    }
    askForMore();
  }

  private boolean socketIsFull() {
    if (!closed && socket.isClosed()) {
      // Its handler has not been called yet.
      onClosed();
    }
    if (closed || !socket.writeQueueFull()) {
      return false;
    }
    if (fullSinceMillis == 0) {
      fullSinceMillis = System.currentTimeMillis();
      parts.pulse().onFull(this);
    }
    return true;
  }

  private void on(Object what) {
    if (closed) {
      if (what instanceof Subscription late) {
        late.cancel();
      }
      return;
    }
    switch (what) {
      case Subscription s -> {
        subscription = s;
        s.request(WINDOW);
      }
      case Watched watched -> onWatched(watched);
      case String ephemeral -> write(ephemeral);
      case Throwable cause -> {
        parts.log().warn("a watch failed: {}", cause.getClass().getName());
        close(TRY_AGAIN, "try again");
      }
      default -> throw new IllegalStateException(what.getClass().getName());
    }
  }

  private void onWatched(Watched watched) {
    owed++;
    switch (watched) {
      case Watched.Entry entry -> frame(entry.frame());
      case Watched.CaughtUp caughtUp -> write(Render.caughtUp(caughtUp));
      case Watched.Stale stale -> write(Render.stale(stale.now()));
      case Watched.Reset reset -> write(Render.reset(reset.cursor()));
      case Watched.Ephemeral ephemeral -> {
        switch (ephemeral.signal()) {
          case Signal.Typing typing ->
              write(Render.typing(user(), typing.thread().value(), typing.by()));
        }
      }
      case Watched.Reconnect reconnect -> close(TRY_AGAIN, "connect again");
    }
  }

  private void frame(Frame frame) {
    if (!FrameRenderer.isShown(frame)) {
      return;
    }
    var known = siblings == null ? null : siblings.textOf(frame);
    if (known != null) {
      write(known);
      return;
    }
    Future<String> text = parts.frames().text(user(), frame);
    if (text.succeeded()) {
      told(frame, text.result());
      return;
    }
    // A long text is fetched first; what came later waits, so that the order stays.
    fetching = true;
    text.onComplete(
        done -> {
          fetching = false;
          if (done.succeeded()) {
            told(frame, done.result());
          } else {
            close(TRY_AGAIN, "try again");
          }
          drain();
        });
  }

  private void told(Frame frame, String text) {
    if (siblings != null) {
      siblings.remember(frame, text);
    }
    write(text);
  }

  private void askForMore() {
    if (!closed && subscription != null && owed >= WINDOW / 2 && !fetching && !socketIsFull()) {
      int more = owed;
      owed = 0;
      subscription.request(more);
    }
  }

  private void onDrained() {
    fullSinceMillis = 0;
    parts.pulse().onDrained(this);
    if (pending < parts.config().maxPending()) {
      socket.resume();
    }
    drain();
  }

  private void write(String text) {
    if (!closed) {
      parts.metrics().sent();
      socket.writeTextMessage(text).onFailure(cause -> onClosed());
    }
  }

  // ---- from the client

  private void onFrame(WebSocketFrame frame) {
    heard = true;
    if (closed || !(frame.isText() || frame.isBinary() || frame.isContinuation())) {
      return;
    }
    if (frame.isBinary()) {
      close(NOT_TEXT, "text only");
      return;
    }
    Buffer data = frame.binaryData();
    if (partial != null) {
      data = partial.appendBuffer(data);
    } else if (!frame.isFinal()) {
      data = Buffer.buffer(data.length()).appendBuffer(data);
    }
    if (data.length() > parts.config().maxFrameBytes()) {
      close(TOO_LARGE, "too large");
      return;
    }
    if (!frame.isFinal()) {
      partial = data;
      return;
    }
    partial = null;
    onMessage(data.getBytes());
  }

  private void onMessage(byte[] bytes) {
    if (!Utf8.isValid(bytes)) {
      close(NOT_UTF8, "not UTF-8");
      return;
    }
    parts.metrics().received();
    pending++;
    if (pending >= parts.config().maxPending()) {
      socket.pause();
    }
    var decoded = new Asked(StreamDecoder.decode(bytes), parts.stage().enter());
    if (submitting) {
      if (waiting == null) {
        waiting = new ArrayDeque<>();
      }
      waiting.add(decoded);
    } else {
      start(decoded);
    }
  }

  /** An operation on its way through the stage {@code stream}. */
  private record Asked(Decoded decoded, Stage.Passage passage) {}

  private void start(Asked asked) {
    var decoded = asked.decoded();
    var passage = asked.passage();
    var ref = decoded.ref();
    if (decoded.request() == null) {
      parts.stage().refused("malformed");
      var cause = decoded.error() == null ? new Refused(ProblemType.MALFORMED) : decoded.error();
      answered(passage, decoded.quiet() ? null : Render.error(ref, Problem.of(cause)));
      return;
    }
    switch (decoded.request()) {
      case StreamRequest.Send send -> {
        // Operations are submitted in the order in which they came, also when recipients must be
        // looked up first.
        submitting = true;
        var submitted = parts.sending().prepare(caller.account(), send.message());
        submitted.onComplete(
            command -> {
              submitting = false;
              if (command.succeeded()) {
                finish(
                    passage,
                    ref,
                    parts
                        .sending()
                        .submit(caller.account(), command.result())
                        .map(sent -> Render.sent(ref, sent)));
              } else {
                answered(passage, Render.error(ref, Problem.of(command.cause())));
              }
              startWaiting();
            });
      }
      case StreamRequest.Read read -> finish(passage, ref, read(ref, read));
      case StreamRequest.Typing typing -> {
        parts.typing().onTyping(caller.account(), typing.thread());
        answered(passage, null);
      }
      case StreamRequest.Ack ack -> {
        onAck(ack);
        answered(passage, null);
      }
      case StreamRequest.Ping ping -> answered(passage, Render.alive(ref));
    }
  }

  private Future<String> read(@Nullable String ref, StreamRequest.Read read) {
    try {
      var upTo = Cursors.read(read.upTo(), "upTo");
      return parts
          .mailboxes()
          .submit(user(), new io.mainstem.mailbox.Command.Read(read.thread(), upTo.seq()))
          .map(done -> Render.done(ref, done.cursor()));
    } catch (Refused e) {
      return Future.failedFuture(e);
    }
  }

  private void onAck(StreamRequest.Ack ack) {
    try {
      parts.handing().handed(user(), Cursors.read(ack.seq(), "seq").seq());
    } catch (Refused e) {
      parts.metrics().refused();
    }
  }

  private void startWaiting() {
    while (!submitting && waiting != null) {
      var next = waiting.poll();
      if (next == null) {
        waiting = null;
        return;
      }
      start(next);
    }
  }

  private void finish(Stage.Passage passage, @Nullable String ref, Future<String> answer) {
    answer.onComplete(
        done -> {
          var text = done.succeeded() ? done.result() : Render.error(ref, Problem.of(done.cause()));
          if (Thread.currentThread() == loop) {
            answered(passage, text);
          } else {
            context.runOnContext(v -> answered(passage, text));
          }
        });
  }

  private void answered(Stage.Passage passage, @Nullable String text) {
    passage.leave();
    if (pending-- >= parts.config().maxPending() && !socketIsFull()) {
      socket.resume();
    }
    if (text != null) {
      write(text);
    }
    if (socketIsFull()) {
      // Who does not read his answers gets no more of them made.
      socket.pause();
    }
  }

  // ---- time and end

  /** Asks for a sign of life; who gave none since the last time is gone. */
  void ping() {
    if (!heard) {
      close(TRY_AGAIN, "no answer");
      return;
    }
    heard = false;
    socket.writePing(Buffer.buffer()).onFailure(cause -> onClosed());
  }

  /** Where it stands among the streams of its event loop. */
  int place() {
    return place;
  }

  void place(int now) {
    place = now;
  }

  /** A session that nobody used ends; whoever used it meanwhile just connects again. */
  void checkSession(long nowMillis) {
    if (nowMillis >= caller.expiresMillis()) {
      close(SESSION_ENDED, "the session ended");
    }
  }

  void checkSlow(long nowMillis) {
    if (fullSinceMillis != 0
        && nowMillis - fullSinceMillis > parts.config().stallSeconds() * 1000L) {
      close(TRY_AGAIN, "too slow");
    }
  }

  /**
   * Says why and where to go on; the socket is cut when the client does not answer in time (RFC
   * 6455 §7.1.1).
   */
  void close(short code, String reason) {
    if (!closed) {
      parts.metrics().closed(code);
      onClosed();
      socket
          .close(code, reason)
          .onFailure(cause -> parts.log().debug("a stream was gone before its close"));
    }
  }

  private void onClosed() {
    if (!closed) {
      closed = true;
      if (subscription != null) {
        subscription.cancel();
      }
      if (siblings != null) {
        parts.pulse().remove(this);
        parts.streams().remove(this);
      }
    }
    synchronized (arrived) {
      for (var what : arrived) {
        if (what instanceof Subscription late) {
          late.cancel();
        }
      }
      arrived.clear();
    }
    partial = null;
    if (waiting != null) {
      waiting.forEach(asked -> asked.passage().leave());
      waiting = null;
    }
  }
}
