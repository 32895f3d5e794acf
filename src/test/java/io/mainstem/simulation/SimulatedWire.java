package io.mainstem.simulation;

import io.mainstem.cell.wire.Envelope;
import io.mainstem.cell.wire.Gone;
import io.mainstem.cell.wire.Peers;
import io.mainstem.cell.wire.WireSettings;
import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The streams of one node to the others, in place of the wire's. What is sent into a stream arrives
 * in its order, or the stream breaks: then each side notices some time later, and what was asked
 * over it has no answer. The node with the smaller name dials.
 *
 * <p>The static methods are called, in place of the wire's own, from classes that were loaded for
 * the simulation.
 */
public final class SimulatedWire {
  private static final long DIAL_MICROS = 200_000;
  private static final long NOTICED_SOON_MICROS = 2_000;
  private static final long NOTICED_LATE_MICROS = 3_000_000;

  /** Lost packets are sent again; only many of them break a stream. */
  private static final double BREAKS = 0.1;

  private static final double CROWDED = 0.2;

  /** Both directions between two nodes, while they stand. */
  private static final class Stream {
    final Map<String, Long> arrived = new HashMap<>();
    boolean broken;
  }

  private record Call(Promise<Envelope.Response> promise, Stream stream) {}

  private final SimulatedCell cell;
  private final World world;
  private final World.Host host;
  private final Peers.Listener listener;
  private final TreeSet<String> others = new TreeSet<>();
  private final Map<String, Stream> streams = new TreeMap<>();
  private final Map<Long, Call> calls = new TreeMap<>();
  private long lastCall;
  private boolean closed;

  SimulatedWire(SimulatedCell cell, World.Host host, Peers.Listener listener) {
    this.cell = cell;
    this.world = cell.world;
    this.host = host;
    this.listener = listener;
    world.after(host, DIAL_MICROS, this::dialAll);
  }

  // ---- in place of the wire's methods

  public static Future<Peers> listen(Vertx vertx, WireSettings settings, Peers.Listener listener) {
    return Future.succeededFuture(
        SimulatedCell.current().node(settings.node()).listen(vertx, settings, listener));
  }

  public static int port(Peers peers) {
    return 1;
  }

  public static void become(Peers peers, Map<String, SocketAddress> others) {
    var names = List.copyOf(others.keySet());
    SimulatedWire wire = of(peers);
    wire.world.after(wire.host, 0, () -> wire.onMembers(names));
  }

  public static Future<Envelope.Response> call(
      Peers peers, String peer, Envelope.Request request, long millis) {
    return of(peers).call(peer, request, millis);
  }

  public static boolean tell(Peers peers, String peer, Envelope envelope) {
    return of(peers).send(peer, other -> other.listener.onNotice(of(peers).host.name, envelope));
  }

  public static boolean isUp(Peers peers, String peer) {
    return of(peers).streams.containsKey(peer);
  }

  /** Sometimes, so that what could have been attached has to be asked for. */
  public static boolean isCrowded(Peers peers, String peer) {
    return !isUp(peers, peer) || of(peers).world.chance(CROWDED);
  }

  public static int inFlight(Peers peers) {
    return of(peers).calls.size();
  }

  public static void execute(Peers peers, Runnable task) {
    of(peers).world.after(of(peers).host, 0, task);
  }

  private static SimulatedWire of(Peers peers) {
    return SimulatedCell.current().wire(peers);
  }

  // ---- streams

  private void onMembers(List<String> names) {
    others.clear();
    others.addAll(names);
    for (String name : List.copyOf(streams.keySet())) {
      if (!others.contains(name)) {
        hangUp(name);
      }
    }
  }

  private void dialAll() {
    if (closed) {
      return;
    }
    world.after(host, DIAL_MICROS, this::dialAll);
    for (String name : others) {
      if (host.name.compareTo(name) < 0 && !streams.containsKey(name)) {
        dial(name);
      }
    }
  }

  private void dial(String name) {
    Node other = cell.node(name);
    cell.network.carry(
        host.name,
        other.host,
        () -> {
          SimulatedWire there = other.wire();
          if (there == null || there.closed || !there.others.contains(host.name)) {
            return;
          }
          var stream = new Stream();
          there.onUp(host.name, stream);
          cell.network.carry(
              other.host.name,
              host,
              () -> {
                if (!closed && !stream.broken && others.contains(name)) {
                  onUp(name, stream);
                }
              });
        });
  }

  private void onUp(String name, Stream stream) {
    hangUp(name);
    streams.put(name, stream);
    listener.onUp(name);
  }

  /** Ends the stream that stands, at this side now and over there some time later. */
  private void hangUp(String name) {
    Stream stream = streams.get(name);
    if (stream != null) {
      breaks(name, stream);
      onDown(name, stream);
    }
  }

  /** All streams of a node that has died. */
  void die() {
    closed = true;
    List.copyOf(streams.entrySet()).forEach(one -> breaks(one.getKey(), one.getValue()));
  }

  private void breaks(String name, Stream stream) {
    if (stream.broken) {
      return;
    }
    stream.broken = true;
    noticeLater(this, name, stream);
    SimulatedWire there = cell.node(name).wire();
    if (there != null) {
      noticeLater(there, host.name, stream);
    }
  }

  private void noticeLater(SimulatedWire side, String name, Stream stream) {
    long delay =
        world.chance(0.7)
            ? NOTICED_SOON_MICROS
            : world.between(NOTICED_SOON_MICROS, NOTICED_LATE_MICROS);
    world.after(side.host, delay, () -> side.onDown(name, stream));
  }

  private void onDown(String name, Stream stream) {
    if (streams.remove(name, stream)) {
      listener.onDown(name);
    }
    var gone = new ArrayList<Call>();
    calls
        .values()
        .removeIf(
            call -> {
              if (call.stream() == stream) {
                gone.add(call);
                return true;
              }
              return false;
            });
    gone.forEach(
        call -> call.promise().fail(Gone.because("the stream to " + name + " has ended", true)));
  }

  // ---- what goes through them

  private Future<Envelope.Response> call(String peer, Envelope.Request request, long millis) {
    Stream stream = streams.get(peer);
    if (stream == null) {
      return Future.failedFuture(Gone.because("there is no stream to " + peer, false));
    }
    long id = ++lastCall;
    Promise<Envelope.Response> promise = Promise.promise();
    calls.put(id, new Call(promise, stream));
    world.after(
        host,
        millis * 1000,
        () -> {
          if (calls.remove(id) != null) {
            promise.fail(new Rejected(Rejected.Rule.BUSY, "no answer in time"));
          }
        });
    send(
        peer,
        other ->
            other.listener.onRequest(
                host.name, request, answer -> other.answer(host.name, stream, id, answer)));
    return promise.future();
  }

  private void answer(String asker, Stream stream, long id, Envelope.Response response) {
    if (streams.get(asker) == stream) {
      send(
          asker,
          there -> {
            Call call = there.calls.remove(id);
            if (call != null) {
              call.promise().complete(response);
            }
          });
    }
  }

  /** False when there is no stream. */
  private boolean send(String peer, Consumer<SimulatedWire> arrival) {
    Stream stream = streams.get(peer);
    if (stream == null) {
      return false;
    }
    Node other = cell.node(peer);
    if (!cell.network.carries(host.name, peer, BREAKS)) {
      breaks(peer, stream);
      return true;
    }
    long at = Math.max(world.now() + cell.network.delay(), stream.arrived.getOrDefault(peer, 0L));
    stream.arrived.put(peer, at);
    world.after(
        other.host,
        at - world.now(),
        () -> {
          SimulatedWire there = other.wire();
          if (there != null && there.streams.get(host.name) == stream) {
            arrival.accept(there);
          }
        });
    return true;
  }
}
