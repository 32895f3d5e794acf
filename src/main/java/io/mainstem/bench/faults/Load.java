package io.mainstem.bench.faults;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.bench.ChatClient;
import io.mainstem.bench.EventLoop;
import io.mainstem.bench.ServerProcess.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/**
 * People who write to one another by the clock, whatever the servers do: a message that is due
 * while nobody serves is written then and waits, so that a stall counts for all that it delayed.
 */
final class Load implements AutoCloseable {
  private static final int TICK_MILLIS = 10;

  /** Everybody writes to these neighbours and hears from them. */
  private static final int[] FRIENDS = {1, -1, 2, -2};

  private static final int EVERY_TO_LISTENER = 5;

  /** The same as a stream's with a server that says nothing. */
  private static final Duration PATIENCE = RoamingStream.Patience.DEFAULT.silence();

  private final Vertx vertx;
  private final EventLoop loop;
  private final WebSocketClient sockets;
  private final Neighbourhood around;

  /** Where those are who only listen. */
  private final Neighbourhood elsewhere;

  /** For logins and for reading afterwards, where patience is right. */
  private final List<ChatClient> readers;

  /** Those who write first. */
  private final List<Person> people = new ArrayList<>();

  private int writers;
  private final long intervalNanos;
  private int most = Integer.MAX_VALUE;
  private long dueNanos;
  private int next;
  private long timer = -1;

  /**
   * @param run a word that no other load has
   * @param doors of those who write
   * @param listenersDoors of those who only listen
   * @param perSecond messages of all people together
   */
  Load(
      Vertx vertx, List<Endpoint> doors, List<Endpoint> listenersDoors, String run, int perSecond) {
    this.vertx = vertx;
    this.loop = new EventLoop(vertx.getOrCreateContext());
    this.intervalNanos = 1_000_000_000L / perSecond;
    this.readers = doors.stream().map(door -> new ChatClient(vertx, door)).toList();
    this.sockets =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setConnectTimeout(1000)
                .setMaxConnections(10_000)
                .setMaxFrameSize(1 << 20)
                .setMaxMessageSize(8 << 20));
    var history = new History(run);
    this.around = neighbourhood(doors, history);
    this.elsewhere = neighbourhood(listenersDoors, history);
  }

  private Neighbourhood neighbourhood(List<Endpoint> doors, History history) {
    return new Neighbourhood(
        loop.context(),
        sockets,
        List.copyOf(doors),
        doors.stream().map(door -> new ChatClient(vertx, door, PATIENCE)).toList(),
        history,
        new Complaints());
  }

  History history() {
    return around.history();
  }

  /** Of those who write. */
  Complaints complaints() {
    return around.complaints();
  }

  List<Person> people() {
    return List.copyOf(people);
  }

  /**
   * The people come, with both devices. Their logins go to all servers in turn.
   *
   * @param names of those who write
   * @param listeners of those whom they write to now and then
   */
  void come(List<String> names, List<String> listeners, String password)
      throws InterruptedException {
    writers = names.size();
    listeners.forEach(history()::overlook);
    enter(names, password, around);
    enter(listeners, password, elsewhere);
    loop.until(Duration.ofMinutes(2), () -> people.stream().allMatch(Person::isFollowing));
  }

  private void enter(List<String> names, String password, Neighbourhood where)
      throws InterruptedException {
    var tokens = new ArrayList<Future<String>>();
    for (String name : names) {
      tokens.add(client(tokens.size()).login(name, password));
    }
    EventLoop.await(Future.join(tokens), Duration.ofMinutes(2));
    loop.ask(
        () -> {
          for (int i = 0; i < names.size(); i++) {
            var person = new Person(names.get(i), tokens.get(i).result(), i, where);
            people.add(person);
            person.start();
          }
          return null;
        });
  }

  ChatClient client(int number) {
    return readers.get(number % readers.size());
  }

  /** Everybody writes, until {@link #rest}. */
  void write() throws InterruptedException {
    loop.ask(
        () -> {
          dueNanos = System.nanoTime();
          timer = vertx.setPeriodic(TICK_MILLIS, id -> loop.context().runOnContext(v -> tick()));
          return null;
        });
  }

  /** Only so many messages more are written; then everybody waits for what is on its way. */
  void atMost(int more) throws InterruptedException {
    loop.ask(() -> most = (int) Math.min(Integer.MAX_VALUE, (long) next + more));
  }

  /**
   * How far everybody has come.
   *
   * @param nanos when that was
   */
  record Mark(long nanos, int asked, int acknowledged) {}

  /** With all that is due by now, also when the loop has paused. */
  Mark mark() throws InterruptedException {
    return loop.ask(
        () -> {
          long now = System.nanoTime();
          writeUntil(now);
          return new Mark(now, history().asked(), history().acknowledged());
        });
  }

  private void tick() {
    writeUntil(System.nanoTime());
  }

  private void writeUntil(long now) {
    for (; dueNanos <= now && timer >= 0 && next < most; dueNanos += intervalNanos) {
      int from = next++ % writers;
      people.get(from).write(people.get(friend(from, next / writers)).name(), dueNanos);
    }
  }

  /** Whom somebody writes to in some round: a neighbour, now and then one who only listens. */
  private int friend(int from, int round) {
    int listeners = people.size() - writers;
    return listeners > 0 && round % EVERY_TO_LISTENER == 0
        ? writers + from % listeners
        : Math.floorMod(from + FRIENDS[round % FRIENDS.length], writers);
  }

  /** Nobody writes or reads any more; what is on its way goes on. */
  void rest() throws InterruptedException {
    loop.ask(
        () -> {
          vertx.cancelTimer(timer);
          timer = -1;
          people.forEach(Person::rest);
          return null;
        });
  }

  /** As {@link EventLoop#until}. */
  @CanIgnoreReturnValue
  boolean until(Duration bound, BooleanSupplier condition) throws InterruptedException {
    return loop.until(bound, condition);
  }

  /** As {@link EventLoop#ask}. */
  @CanIgnoreReturnValue
  <T> T onLoop(Callable<T> look) throws InterruptedException {
    return loop.ask(look);
  }

  @Override
  public void close() {
    try {
      loop.ask(
          () -> {
            people.forEach(Person::stop);
            return null;
          });
      for (ChatClient client : around.clients()) {
        EventLoop.await(client.close(), Duration.ofSeconds(30));
      }
      for (ChatClient client : elsewhere.clients()) {
        EventLoop.await(client.close(), Duration.ofSeconds(30));
      }
      for (ChatClient client : readers) {
        EventLoop.await(client.close(), Duration.ofSeconds(30));
      }
      EventLoop.await(sockets.close(), Duration.ofSeconds(30));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
