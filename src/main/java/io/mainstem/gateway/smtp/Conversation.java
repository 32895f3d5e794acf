package io.mainstem.gateway.smtp;

import io.mainstem.gateway.smtp.handlers.Handlers;
import io.mainstem.gateway.smtp.protocol.ByteInput;
import io.mainstem.gateway.smtp.protocol.ChunkReader;
import io.mainstem.gateway.smtp.protocol.CommandParser;
import io.mainstem.gateway.smtp.protocol.DataReader;
import io.mainstem.gateway.smtp.protocol.LineReader;
import io.mainstem.gateway.smtp.protocol.Malformed;
import io.mainstem.gateway.smtp.protocol.SmtpCommand;
import io.mainstem.gateway.smtp.protocol.SmtpReply;
import io.mainstem.gateway.smtp.rendering.ReplyText;
import io.mainstem.gateway.smtp.session.AuthExchange;
import io.mainstem.gateway.smtp.session.MailFlow;
import io.mainstem.gateway.smtp.session.Peer;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.gateway.smtp.session.Turn;
import io.mainstem.line.LineConversation;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Drives one session: reads the client's bytes as what the session expects next, one thing at a
 * time, and sends the replies in order, those of a pipelined group together (RFC 2920 §3.2).
 * Confined to the connection's context.
 */
final class Conversation implements LineConversation {
  /** An AUTH response may be longer than a command (RFC 4954 §4). */
  private static final int RESPONSE_MAX = 12_288;

  private final Setup setup;
  private final Handlers handlers;
  private final Wire wire;
  private final Conduct conduct;
  private final LineReader lines = new LineReader();
  private final StringBuilder replies = new StringBuilder();

  private Session session;
  private Reading reading = new Reading.Commands();
  private ByteInput input = new ByteInput(new byte[0]);
  private @Nullable MailFlow kept;
  private boolean awaiting;
  private boolean draining;

  /** How the next bytes are read. */
  private sealed interface Reading {
    record Commands() implements Reading {}

    record Text(DataReader reader, long sinceMillis) implements Reading {}

    record Chunk(ChunkReader reader, Turn.Then.Chunk chunk, long sinceMillis) implements Reading {}

    record Response(AuthExchange exchange) implements Reading {}

    record Handshake() implements Reading {}

    record Closed() implements Reading {}
  }

  Conversation(
      Setup setup, Handlers handlers, Wire wire, InetAddress client, LongSupplier nowMillis) {
    this.setup = setup;
    this.handlers = handlers;
    this.wire = wire;
    this.conduct = new Conduct(setup.limits(), nowMillis);
    this.session = new Session.Fresh(new Peer(client, null, null));
  }

  /** RFC 5321 §4.3.1. */
  @Override
  public void greet() {
    wire.write(ReplyText.of(SmtpReply.plain(220, setup.hostname() + " ESMTP Mainstem")));
  }

  @Override
  public void onBytes(byte[] bytes) {
    if (reading instanceof Reading.Handshake || reading instanceof Reading.Closed) {
      // What was sent in the clear behind STARTTLS was perhaps put there by somebody else
      // (CVE-2011-0411).
      return;
    }
    if (kept != null && replies.isEmpty()) {
      kept.onReplySeen();
      kept = null;
    }
    if (input.isEmpty()) {
      input = new ByteInput(bytes);
    } else {
      byte[] old = input.takeAll();
      byte[] joined = Arrays.copyOf(old, old.length + bytes.length);
      System.arraycopy(bytes, 0, joined, old.length, bytes.length);
      input = new ByteInput(joined);
    }
    pump();
  }

  /**
   * The client went away. A mail whose end had come is kept all the same; one whose end had not is
   * forgotten.
   */
  @Override
  public void onClosed() {
    reading = new Reading.Closed();
    if (session instanceof Session.Receiving receiving) {
      receiving.flow().abandon();
    }
  }

  /** Looks at the clock; called every second or so. */
  @Override
  public void onTick() {
    if (awaiting || reading instanceof Reading.Closed) {
      return;
    }
    boolean slow =
        switch (reading) {
          case Reading.Text text -> conduct.isSlowSince(text.sinceMillis());
          case Reading.Chunk chunk -> conduct.isSlowSince(chunk.sinceMillis());
          case Reading.Commands c -> false;
          case Reading.Response r -> false;
          case Reading.Handshake h -> false;
          case Reading.Closed c -> false;
        };
    if (reading instanceof Reading.Handshake) {
      if (conduct.isIdle()) {
        close();
      }
      return;
    }
    if (slow || conduct.isIdle()) {
      // RFC 5321 §4.5.3.2.7, RFC 3463 X.4.2.
      finish(SmtpReply.of(421, 4, 2, "Timeout, closing"));
    }
  }

  /** The server stops: ends at the next moment in which no answer is awaited. */
  @Override
  public void drain() {
    draining = true;
    if (!awaiting) {
      sayGoodbye();
    }
  }

  private void sayGoodbye() {
    if (!(reading instanceof Reading.Closed)) {
      finish(SmtpReply.of(421, 3, 2, "Shutting down, try again later"));
    }
  }

  private void finish(SmtpReply reply) {
    if (session instanceof Session.Receiving receiving) {
      receiving.flow().abandon();
    }
    say(reply);
    close();
  }

  private void pump() {
    try {
      readOn();
    } catch (RuntimeException e) {
      // Our fault: what state it left is not known, so nothing more is read.
      awaiting = false;
      finish(Handlers.fault(e));
    }
  }

  private void readOn() {
    while (!awaiting && !input.isEmpty() && !(reading instanceof Reading.Closed)) {
      switch (reading) {
        case Reading.Commands c -> readCommand();
        case Reading.Text text -> readText(text);
        case Reading.Chunk chunk -> readChunk(chunk);
        case Reading.Response response -> readResponse(response);
        case Reading.Handshake h -> input.takeAll();
        case Reading.Closed c -> input.takeAll();
      }
    }
    if (!awaiting) {
      flush();
    }
  }

  private void readCommand() {
    switch (lines.read(input, setup.limits().maxCommandLineBytes())) {
      case LineReader.Result.More more -> {}
      case LineReader.Result.TooLong tooLong ->
          onFault(SmtpReply.of(500, 5, 2, "The line is too long"));
      case LineReader.Result.BareLineEnd bare ->
          onFault(SmtpReply.of(521, 5, 2, "Lines end with CRLF, closing"));
      case LineReader.Result.Line line -> onLine(line.bytes());
    }
  }

  private void onLine(byte[] line) {
    conduct.onCommand();
    if (conduct.hasTooManyCommands()) {
      finish(SmtpReply.of(421, 7, 0, "Too many commands, closing"));
      return;
    }
    SmtpCommand command;
    try {
      command = CommandParser.parse(line);
    } catch (Malformed malformed) {
      onFault(malformed.reply());
      return;
    }
    if (command instanceof SmtpCommand.Data && !input.isEmpty()) {
      // RFC 2920 §3.1: a client waits for the answer to DATA. If we refused it, this text would be
      // read as commands.
      finish(SmtpReply.of(521, 5, 0, "Wait for the answer to DATA, closing"));
      return;
    }
    await(handlers.onCommand(session, command));
  }

  /** A line that is no command. */
  private void onFault(SmtpReply reply) {
    if (reply.code() == 521) {
      finish(reply);
    } else {
      apply(Turn.reply(session, reply));
    }
  }

  private void readText(Reading.Text text) {
    if (!(session instanceof Session.Receiving receiving)) {
      throw new IllegalStateException("text is read in a mail only");
    }
    conduct.onProgress();
    var sink = new FlowSink(receiving.flow());
    DataReader.Status status = text.reader().read(input, sink);
    if (status == DataReader.Status.MORE) {
      hold(sink.written);
    } else {
      await(sink.written.compose(written -> handlers.onTextEnd(receiving, status)));
    }
  }

  private void readChunk(Reading.Chunk chunk) {
    conduct.onProgress();
    FlowSink sink =
        new FlowSink(
            chunk.chunk().refusal() == null && session instanceof Session.Receiving receiving
                ? receiving.flow()
                : null);
    if (chunk.reader().read(input, sink)) {
      await(sink.written.compose(written -> handlers.onChunkEnd(session, chunk.chunk())));
    } else {
      hold(sink.written);
    }
  }

  private void readResponse(Reading.Response response) {
    switch (lines.read(input, RESPONSE_MAX)) {
      case LineReader.Result.More more -> {}
      case LineReader.Result.TooLong tooLong -> {
        reading = new Reading.Commands();
        onFault(SmtpReply.of(500, 5, 2, "The line is too long"));
      }
      case LineReader.Result.BareLineEnd bare ->
          onFault(SmtpReply.of(521, 5, 2, "Lines end with CRLF, closing"));
      case LineReader.Result.Line line -> {
        conduct.onProgress();
        await(handlers.onResponse(session, response.exchange(), line.bytes()));
      }
    }
  }

  /** Reads on when these bytes are taken. */
  private void hold(Future<Void> written) {
    if (!written.isComplete()) {
      whenDone(written, () -> {});
    }
  }

  private void await(Future<Turn> turn) {
    if (turn.isComplete()) {
      apply(turn.result());
    } else {
      whenDone(turn, () -> apply(turn.result()));
    }
  }

  private void whenDone(Future<?> future, Runnable then) {
    awaiting = true;
    wire.pause();
    future.onComplete(
        done ->
            wire.run(
                () -> {
                  awaiting = false;
                  conduct.onProgress();
                  if (reading instanceof Reading.Closed) {
                    forget(future);
                    return;
                  }
                  wire.resume();
                  try {
                    then.run();
                  } catch (RuntimeException e) {
                    finish(Handlers.fault(e));
                  }
                  if (draining) {
                    sayGoodbye();
                  }
                  pump();
                }));
  }

  /** The client went away while this was done: what the turn opened is given up. */
  private static void forget(Future<?> done) {
    if (done.result() instanceof Turn turn
        && turn.session() instanceof Session.Receiving receiving) {
      receiving.flow().abandon();
    }
  }

  private void apply(Turn turn) {
    count(turn);
    session = turn.session();
    if (reading instanceof Reading.Closed) {
      return;
    }
    if (turn.then() instanceof Turn.Then.Handshake && turn.reply() != null) {
      startTls(turn.reply());
      return;
    }
    if (turn.reply() != null) {
      say(turn.reply());
    }
    if (conduct.hasTooManyErrors()) {
      finish(SmtpReply.of(421, 7, 0, "Too many errors, closing"));
      return;
    }
    long now = conduct.nowMillis();
    switch (turn.then()) {
      case Turn.Then.Command c -> reading = new Reading.Commands();
      case Turn.Then.Text t ->
          reading = new Reading.Text(new DataReader(setup.limits().maxTextLineBytes()), now);
      case Turn.Then.Chunk chunk -> {
        reading = new Reading.Chunk(new ChunkReader(chunk.sizeBytes()), chunk, now);
        if (chunk.sizeBytes() == 0) {
          await(handlers.onChunkEnd(session, chunk));
        }
      }
      case Turn.Then.Response response -> reading = new Reading.Response(response.exchange());
      case Turn.Then.Handshake h ->
          throw new IllegalStateException("a handshake begins with a reply");
      case Turn.Then.Close c -> close();
    }
  }

  private void count(Turn turn) {
    SmtpReply reply = turn.reply();
    if (reply == null) {
      return;
    }
    if (reply.isRefusal()) {
      setup
          .stage()
          .refused(
              reply.enhanced() == null
                  ? String.valueOf(reply.code())
                  : reply.enhanced().toString());
    }
    boolean inMail = reading instanceof Reading.Text || reading instanceof Reading.Chunk;
    if (reply.code() >= 500) {
      conduct.onError();
    } else if (inMail && reply.code() == 250 && turn.session() instanceof Session.Ready) {
      conduct.onMailKept();
      kept = session instanceof Session.Receiving receiving ? receiving.flow() : null;
    }
  }

  private void startTls(SmtpReply reply) {
    reading = new Reading.Handshake();
    input.takeAll();
    flush();
    wire.startTls(ReplyText.of(reply))
        .onComplete(
            done ->
                wire.run(
                    () -> {
                      if (reading instanceof Reading.Closed) {
                        return;
                      }
                      if (done.failed()) {
                        close();
                        return;
                      }
                      session = session.toProtected(done.result());
                      reading = new Reading.Commands();
                      conduct.onProgress();
                    }));
  }

  private void say(SmtpReply reply) {
    replies.append(ReplyText.of(reply));
  }

  private void flush() {
    if (!replies.isEmpty()) {
      wire.write(replies.toString());
      replies.setLength(0);
    }
  }

  private void close() {
    flush();
    reading = new Reading.Closed();
    wire.close();
  }

  /** Hands message bytes on and remembers when they are taken. */
  private static final class FlowSink implements DataReader.Sink {
    private final @Nullable MailFlow flow;
    private Future<Void> written = Future.succeededFuture();

    private FlowSink(@Nullable MailFlow flow) {
      this.flow = flow;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (flow != null) {
        written = flow.write(Buffer.buffer(length).appendBytes(bytes, offset, length));
      }
    }
  }
}
