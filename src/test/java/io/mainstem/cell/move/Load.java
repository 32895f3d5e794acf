package io.mainstem.cell.move;

import io.mainstem.RisingMillis;
import io.mainstem.mailbox.Change;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Moved;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * People at work: mail arrives for one and he writes chats to another, each again under the same id
 * until it is acknowledged; and a device of his sees everything, going on by cursor.
 */
final class Load {
  private static final int PAUSE_MILLIS = 10;

  private final Vertx vertx;
  private final Supplier<MailboxService> mailboxes;
  final Set<MessageId> acknowledged = ConcurrentHashMap.newKeySet();
  final AtomicInteger toldOfTheMove = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean stopping;

  Load(Vertx vertx, Supplier<MailboxService> mailboxes) {
    this.vertx = vertx;
    this.mailboxes = mailboxes;
  }

  static MessageId id() {
    var random = ThreadLocalRandom.current();
    return MessageId.of(System.currentTimeMillis(), random.nextLong(), random.nextLong());
  }

  static Command.Deliver mail(UserId to, String text, @Nullable Message like) {
    var message =
        like != null
            ? like
            : Message.of(
                Channel.MAIL,
                new Person("writer@elsewhere.example", null, null),
                List.of(person(to)),
                "Hello",
                text,
                Headers.NONE);
    return Command.Deliver.of(
        id(), "smtp", null, Hlc.ofMillis(RisingMillis.now()), message, null, null);
  }

  static Command.Send chat(UserId from, UserId to, String text) {
    var message =
        Message.of(Channel.CHAT, person(from), List.of(person(to)), "", text, Headers.NONE);
    return Command.Send.of(id(), null, message, List.of(person(to)), null);
  }

  static Person person(UserId user) {
    return new Person(user + "@mainstem.test", user.value(), user);
  }

  /** Commands of one kind, one after the other. */
  void begin(UserId user, Supplier<Command<?>> commands) {
    running.incrementAndGet();
    vertx.runOnContext(unused -> next(user, commands));
  }

  private void next(UserId user, Supplier<Command<?>> commands) {
    if (stopping) {
      running.decrementAndGet();
    } else {
      say(user, commands.get(), commands);
    }
  }

  private void say(UserId user, Command<?> command, Supplier<Command<?>> commands) {
    mailboxes
        .get()
        .submit(user, command)
        .onComplete(
            done -> {
              if (done.succeeded()) {
                acknowledged.add(idOf(command));
                vertx.setTimer(1, now -> next(user, commands));
              } else {
                if (done.cause() instanceof Moved) {
                  toldOfTheMove.incrementAndGet();
                }
                vertx.setTimer(PAUSE_MILLIS, now -> say(user, command, commands));
              }
            });
  }

  static MessageId idOf(Command<?> command) {
    return switch (command) {
      case Command.Deliver deliver -> deliver.id();
      case Command.Send send -> send.id();
      default -> throw new AssertionError(command);
    };
  }

  /** Begins nothing new; what is under way is acknowledged first. */
  void stop() {
    stopping = true;
  }

  boolean isOver() {
    return running.get() == 0;
  }

  /** A device that watches, and after each break goes on from the last frame that it saw. */
  final class Device {
    private final UserId user;
    final List<MessageId> seen = new CopyOnWriteArrayList<>();
    final List<Cursor> cursors = new CopyOnWriteArrayList<>();
    final AtomicInteger resets = new AtomicInteger();
    final AtomicInteger breaks = new AtomicInteger();
    private int connection;
    private volatile Cursor cursor = new Cursor(0, 0);
    private volatile @Nullable Disposable watch;
    private volatile boolean off;

    Device(UserId user) {
      this.user = user;
      connect();
    }

    private synchronized void connect() {
      if (!off) {
        int mine = ++connection;
        watch =
            mailboxes
                .get()
                .watch(user, cursor)
                .doOnNext(watched -> on(mine, watched))
                .doOnError(e -> later(mine))
                .onErrorComplete()
                .subscribe();
      }
    }

    /** A connection that both says so and breaks ends once: a device has one at a time. */
    private synchronized void later(int mine) {
      if (mine == connection) {
        connection++;
        breaks.incrementAndGet();
        vertx.setTimer(PAUSE_MILLIS, now -> connect());
      }
    }

    private synchronized void on(int mine, Watched watched) {
      if (mine != connection) {
        return;
      }
      switch (watched) {
        case Watched.Entry entry -> {
          cursor = entry.frame().cursor();
          cursors.add(cursor);
          for (Change change : entry.frame().changes()) {
            if (change instanceof Change.MessageChanged message && message.arrived()) {
              seen.add(message.message().id());
            }
          }
        }
        case Watched.Reset reset -> {
          resets.incrementAndGet();
          cursor = reset.cursor();
        }
        case Watched.Reconnect reconnect -> later(mine);
        case Watched.CaughtUp caughtUp -> cursor = caughtUp.cursor();
        case Watched.Ephemeral ephemeral -> {}
        case Watched.Stale stale -> {}
      }
    }

    List<MessageId> seenTwice() {
      var once = ConcurrentHashMap.<MessageId>newKeySet();
      var twice = new ArrayList<MessageId>();
      seen.forEach(
          id -> {
            if (!once.add(id)) {
              twice.add(id);
            }
          });
      return twice;
    }

    void off() {
      off = true;
      Disposable last = watch;
      if (last != null) {
        last.dispose();
      }
    }
  }
}
