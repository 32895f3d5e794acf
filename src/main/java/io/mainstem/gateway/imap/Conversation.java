package io.mainstem.gateway.imap;

import io.mainstem.config.ImapLimits;
import io.mainstem.gateway.imap.handlers.AppendHandler;
import io.mainstem.gateway.imap.handlers.Handlers;
import io.mainstem.gateway.imap.handlers.Refusals;
import io.mainstem.gateway.imap.protocol.ByteInput;
import io.mainstem.gateway.imap.protocol.CommandParser;
import io.mainstem.gateway.imap.protocol.CommandParser.Tagged;
import io.mainstem.gateway.imap.protocol.CommandReader;
import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.protocol.Malformed;
import io.mainstem.gateway.imap.session.Capabilities;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.gateway.imap.session.Wire;
import io.mainstem.line.LineConversation;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives one session: reads the client's bytes as what the session expects next, one command at a
 * time, and answers in order. Confined to the connection's context.
 */
final class Conversation implements LineConversation {
  private static final byte[] NONE = new byte[0];

  private final ImapParts parts;
  private final Handlers handlers;
  private final Wire wire;
  private final Output out;
  private final CommandReader reader;
  private final ByteInput input = new ByteInput();
  private final Notifying notifying;

  private Session session;
  private Reading reading = Reading.COMMAND;
  private boolean awaiting;
  private boolean draining;
  private int badCommands;
  private long progressMillis;

  Conversation(
      ImapParts parts, Handlers handlers, Wire wire, InetAddress client, boolean isProtected) {
    this.parts = parts;
    this.handlers = handlers;
    this.wire = wire;
    this.out = new Output(wire);
    this.reader = new CommandReader(parts.config().limits().maxCommandBytes());
    this.notifying = new Notifying(handlers.news(), out, new Floor());
    this.session = new Session.Fresh(client, isProtected);
    this.progressMillis = now();
  }

  private long now() {
    return parts.nowMillis().getAsLong();
  }

  /** RFC 9051 §7.1.1. */
  @Override
  public void greet() {
    out.untagged(
        "OK [CAPABILITY " + Capabilities.of(session, parts.config()) + "] Mainstem is ready");
    out.flush();
  }

  @Override
  public void onBytes(byte[] bytes) {
    if (reading instanceof Reading.Handshake || reading instanceof Reading.Closed) {
      // What was sent in the clear behind STARTTLS was perhaps put there by somebody else.
      return;
    }
    input.add(bytes);
    pump();
  }

  /** The client went away: what had come whole is kept all the same. */
  @Override
  public void onClosed() {
    switch (reading) {
      case Reading.Message m when m.message() != null -> m.message().abandon();
      case Reading.MessageEnd m when m.message() != null -> m.message().abandon();
      case Reading.Idle idle when idle.watch() != null -> idle.watch().stop();
      default -> {}
    }
    notifying.stop();
    reading = new Reading.Closed();
    input.end();
    out.end();
  }

  /** Looks at the clock; called every second or so. */
  @Override
  public void onTick() {
    if (reading instanceof Reading.Idle idle && idle.watch() != null) {
      idle.watch().onTick();
    }
    notifying.onTick();
    if (awaiting || reading instanceof Reading.Closed) {
      return;
    }
    ImapLimits limits = parts.config().limits();
    int seconds = session instanceof Session.Fresh ? limits.loginSeconds() : limits.idleSeconds();
    if (now() - progressMillis > TimeUnit.SECONDS.toMillis(seconds)) {
      if (reading instanceof Reading.Handshake) {
        close();
      } else {
        sayGoodbye("Nothing came for too long"); // RFC 9051 §5.4
      }
    }
  }

  /** The server stops: ends at the next moment in which no answer is awaited. */
  @Override
  public void drain() {
    draining = true;
    if (!awaiting) {
      sayGoodbye("Shutting down, connect again");
    }
  }

  private void sayGoodbye(String why) {
    if (!(reading instanceof Reading.Closed)) {
      out.untagged("BYE " + why);
      close();
    }
  }

  private void close() {
    out.flush();
    onClosed();
    wire.close();
  }

  private void pump() {
    try {
      while (!awaiting && !input.isEmpty() && !(reading instanceof Reading.Closed)) {
        readOn();
      }
    } catch (RuntimeException e) {
      // Our fault: what state it left is not known, so nothing more is read.
      awaiting = false;
      sayGoodbye(Refusals.status(e).text());
      return;
    }
    if (!awaiting) {
      out.flush();
      notifying.onReady();
    }
  }

  private void readOn() {
    switch (reading) {
      case Reading.Command c -> readCommand();
      case Reading.Message message -> readMessage(message);
      case Reading.MessageEnd end -> readMessageEnd(end);
      case Reading.Response response -> readResponse(response);
      case Reading.Idle idle -> readIdle(idle);
      case Reading.Handshake h -> input.clear();
      case Reading.Closed c -> input.clear();
    }
  }

  // ---- commands

  private void readCommand() {
    switch (reader.read(input)) {
      case CommandReader.Result.More more -> {}
      case CommandReader.Result.Continue go -> proceed();
      case CommandReader.Result.Whole whole -> onWhole(whole.bytes());
      case CommandReader.Result.Message message -> onMessage(message);
      case CommandReader.Result.Refused refused -> {
        progressMillis = now();
        bad(
            refused.tag(),
            refused.tooLong()
                ? new Status(Status.Kind.BAD, "TOOBIG", refused.text())
                : Status.bad(refused.text()));
      }
    }
  }

  private void proceed() {
    progressMillis = now();
    out.text("+ Go on\r\n");
    out.flush();
  }

  private void onWhole(byte[] bytes) {
    progressMillis = now();
    Tagged tagged;
    try {
      tagged = CommandParser.parse(bytes);
    } catch (Malformed malformed) {
      bad(malformed.tag(), Status.bad(String.valueOf(malformed.getMessage())));
      return;
    } catch (CommandParser.BadCharset bad) {
      finish(bad.tag(), Status.no("BADCHARSET (UTF-8)", String.valueOf(bad.getMessage())));
      return;
    }
    if (tagged.command() instanceof ImapCommand.StartTls && !input.isEmpty()) {
      // Bytes behind STARTTLS came in the clear, whoever sent them.
      input.clear();
    }
    await(handlers.onCommand(session, tagged, out), outcome -> apply(tagged.tag(), outcome));
  }

  /** A command that is none; too many of them end the session. */
  private void bad(@Nullable String tag, Status status) {
    badCommands++;
    parts.stage().refused("BAD");
    if (tag == null) {
      out.untagged(status.toString());
    } else {
      finish(tag, status);
    }
    if (badCommands > parts.config().limits().maxBadCommands()) {
      sayGoodbye("Too many malformed commands");
    }
  }

  private void finish(String tag, Status status) {
    out.text(tag + " " + status + "\r\n");
  }

  private void apply(String tag, Outcome outcome) {
    session = outcome.session();
    switch (outcome.then()) {
      case Outcome.Then.Command c -> {
        finish(tag, outcome.status());
        reading = Reading.COMMAND;
        if (outcome.status().kind() == Status.Kind.BAD) {
          badCommands++;
        }
        if (draining) {
          sayGoodbye("Shutting down, connect again");
        }
      }
      case Outcome.Then.Close c -> {
        finish(tag, outcome.status());
        close();
      }
      case Outcome.Then.Cut cut -> {
        onClosed();
        wire.close();
      }
      case Outcome.Then.Challenge challenge -> {
        out.text("+ " + challenge.base64() + "\r\n");
        reading = new Reading.Response(tag, challenge.exchange());
      }
      case Outcome.Then.Compress c -> {
        finish(tag, outcome.status());
        out.deflate();
        input.inflate();
        reading = Reading.COMMAND;
      }
      case Outcome.Then.Handshake h -> startTls(tag, outcome.status());
      case Outcome.Then.Idle i -> toIdle(tag);
    }
  }

  // ---- APPEND and REPLACE

  private void onMessage(CommandReader.Result.Message message) {
    progressMillis = now();
    await(
        handlers.append().begin(session, message.append().command(), message.sizeBytes()),
        arriving -> accept(message, arriving),
        cause -> refuse(message, Refusals.status(cause)));
  }

  /** One more message in the same command. */
  private void onNextMessage(
      CommandReader.Result.Message message, AppendHandler.@Nullable Arriving arriving) {
    progressMillis = now();
    if (arriving == null) {
      refuse(message, refusal());
      return;
    }
    await(
        arriving.next(message.append().command(), message.sizeBytes()),
        done -> accept(message, arriving),
        cause -> refuse(message, Refusals.status(cause)));
  }

  private void accept(CommandReader.Result.Message message, AppendHandler.Arriving arriving) {
    if (message.synchronizing()) {
      proceed();
    }
    toMessage(message.append(), arriving, message.sizeBytes());
  }

  private void refuse(CommandReader.Result.Message message, Status refusal) {
    String tag = message.append().tag();
    reading = Reading.COMMAND;
    if (message.synchronizing()) {
      // The client has not sent the message, and will not (RFC 9051 §4.3).
      finish(tag, refusal);
    } else if (message.sizeBytes() > 4 * parts.config().limits().maxMessageBytes()) {
      finish(tag, refusal);
      sayGoodbye("The message is far too long"); // RFC 7888 §4
    } else {
      skipped = refusal;
      toMessage(message.append(), null, message.sizeBytes());
    }
  }

  /** Why the message that comes is skipped. */
  private @Nullable Status skipped;

  private void toMessage(Tagged append, AppendHandler.@Nullable Arriving message, long left) {
    reading =
        left > 0
            ? new Reading.Message(append, message, left)
            : new Reading.MessageEnd(append, message);
  }

  private void readMessage(Reading.Message m) {
    progressMillis = now();
    int n = (int) Math.min(m.left(), input.available());
    byte[] bytes = input.take(n);
    var message = m.message();
    Future<Void> written = message == null ? Future.succeededFuture() : message.write(bytes);
    toMessage(m.append(), message, m.left() - n);
    if (!written.succeeded()) {
      await(
          written,
          done -> {},
          cause -> {
            if (message != null) {
              message.abandon();
            }
            skipped = Refusals.status(cause);
            toMessage(m.append(), null, m.left() - n);
          });
    }
  }

  private void readMessageEnd(Reading.MessageEnd end) {
    var message = end.message();
    String tag = end.append().tag();
    switch (reader.readOn(input, end.append())) {
      case CommandReader.Result.More more -> {}
      case CommandReader.Result.Message next -> onNextMessage(next, message);
      // A literal that is no message: what it belongs to is refused when it is there.
      case CommandReader.Result.Continue go -> proceed();
      case CommandReader.Result.Whole whole when is(whole.bytes(), behind(end.append())) -> {
        reading = Reading.COMMAND;
        if (message == null) {
          finish(tag, refusal());
        } else {
          await(handlers.onAppended(session, message, out), outcome -> apply(tag, outcome));
        }
      }
      default -> {
        if (message != null) {
          message.abandon();
        }
        reading = Reading.COMMAND;
        skipped = null;
        bad(tag, Status.bad("Behind a message stands another, or a line end"));
      }
    }
  }

  /** What closes a message, before the line end. */
  private static String behind(Tagged append) {
    return append.command() instanceof ImapCommand.Append a && a.utf8()
            || append.command() instanceof ImapCommand.Replace r && r.append().utf8()
        ? ")"
        : "";
  }

  private static boolean is(byte[] bytes, String text) {
    return Arrays.equals(bytes, text.getBytes(StandardCharsets.US_ASCII));
  }

  private Status refusal() {
    Status why = skipped;
    skipped = null;
    return why == null ? Status.bad("The message was refused") : why;
  }

  // ---- AUTHENTICATE

  private void readResponse(Reading.Response response) {
    if (!(reader.read(input) instanceof CommandReader.Result.Whole whole)) {
      return;
    }
    progressMillis = now();
    reading = Reading.COMMAND;
    String line = new String(whole.bytes(), StandardCharsets.US_ASCII);
    if (line.equals("*")) {
      finish(response.tag(), Status.bad("AUTHENTICATE was cancelled")); // RFC 9051 §6.2.2
      return;
    }
    byte[] decoded;
    try {
      decoded = line.isEmpty() ? NONE : Base64.getDecoder().decode(line);
    } catch (IllegalArgumentException e) {
      bad(response.tag(), Status.bad("The response is not base 64"));
      return;
    }
    Session before = session;
    await(
        handlers.onResponse(before, response.exchange(), decoded),
        outcome -> apply(response.tag(), outcome));
  }

  // ---- IDLE

  /** RFC 9051 §6.3.13. */
  private void toIdle(String tag) {
    out.text("+ Idling\r\n");
    MailboxWatch watch =
        session instanceof Session.Selected selected && selected.login().notifications() == null
            ? watch(selected.login(), new IdleListener(selected, handlers.following(), out))
            : null; // what NOTIFY named is told in IDLE too (RFC 5465 §4)
    reading = new Reading.Idle(tag, watch);
    if (watch != null) {
      watch.start();
    }
  }

  private MailboxWatch watch(Login login, MailboxWatch.Listener listener) {
    return new MailboxWatch(parts, login.user(), listener, out, wire, this::onWatchFailed);
  }

  private void onWatchFailed(Throwable cause) {
    sayGoodbye(Refusals.status(cause).text());
  }

  private void readIdle(Reading.Idle idle) {
    if (!(reader.read(input) instanceof CommandReader.Result.Whole whole)) {
      return;
    }
    progressMillis = now();
    if (idle.watch() != null) {
      idle.watch().stop();
    }
    reading = Reading.COMMAND;
    if (new String(whole.bytes(), StandardCharsets.US_ASCII).equalsIgnoreCase("DONE")) {
      finish(idle.tag(), Status.ok("IDLE is done"));
    } else {
      bad(idle.tag(), Status.bad("DONE ends IDLE"));
    }
  }

  // ---- NOTIFY

  /** What NOTIFY must know of the conversation that it speaks into. */
  private final class Floor implements Notifying.Floor {
    @Override
    public Session session() {
      return session;
    }

    @Override
    public boolean isBetweenCommands() {
      return Conversation.this.isBetweenCommands();
    }

    @Override
    public boolean isIdle() {
      return reading instanceof Reading.Idle;
    }

    @Override
    public Future<Void> held(Future<Void> telling) {
      await(telling, done -> {}, cause -> {});
      return telling;
    }

    @Override
    public MailboxWatch watch(Login login, MailboxWatch.Listener listener) {
      return Conversation.this.watch(login, listener);
    }
  }

  private boolean isBetweenCommands() {
    return !awaiting
        && (reading instanceof Reading.Idle
            || reading instanceof Reading.Command && !reader.isWithin());
  }

  // ---- TLS

  private void startTls(String tag, Status status) {
    reading = new Reading.Handshake();
    input.clear();
    finish(tag, status);
    out.flush();
    wire.startTls()
        .onComplete(
            done ->
                wire.run(
                    () -> {
                      if (reading instanceof Reading.Closed) {
                        return;
                      }
                      if (done.failed() || !(session instanceof Session.Fresh fresh)) {
                        close();
                        return;
                      }
                      session = fresh.toProtected();
                      reading = Reading.COMMAND;
                      progressMillis = now();
                    }));
  }

  // ---- waiting

  private <T> void await(Future<T> future, Consumer<T> then) {
    await(future, then, cause -> sayGoodbye(Refusals.status(cause).text()));
  }

  private <T> void await(Future<T> future, Consumer<T> then, Consumer<Throwable> otherwise) {
    if (future.isComplete()) {
      settle(future, then, otherwise);
      return;
    }
    awaiting = true;
    wire.pause();
    future.onComplete(
        done ->
            wire.run(
                () -> {
                  awaiting = false;
                  progressMillis = now();
                  if (reading instanceof Reading.Closed) {
                    forget(done.succeeded() ? done.result() : null);
                    return;
                  }
                  wire.resume();
                  try {
                    settle(future, then, otherwise);
                  } catch (RuntimeException e) {
                    sayGoodbye(Refusals.status(e).text());
                  }
                  pump();
                }));
  }

  private static <T> void settle(
      Future<T> future, Consumer<T> then, Consumer<Throwable> otherwise) {
    if (future.succeeded()) {
      then.accept(future.result());
    } else {
      otherwise.accept(future.cause());
    }
  }

  /** The client went away while this was done: what it opened is given up. */
  private static void forget(@Nullable Object done) {
    if (done instanceof AppendHandler.Arriving arriving) {
      arriving.abandon();
    }
  }
}
