package io.mainstem.bench.faults;

import io.mainstem.bench.NodeProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Something that goes wrong on purpose, and is put right again.
 *
 * @param needs what the rig lacks for it, if it lacks something
 * @param people which of them are looked at
 */
public record Fault(String name, Needs needs, People people, Strike strike) {
  private static final String DIRECTORY_STOP = "directory-stop";
  private static final String OTHER_CELL_STOP = "other-cell-stop";
  private static final String MOVE = "move";

  Fault(String name, Needs needs, Strike strike) {
    this(name, needs, People.STRUCK, strike);
  }

  /** Whom a fault may concern. */
  public enum People {
    /** Those of the cell that is struck. */
    STRUCK,
    /** Those of another cell, who must not notice; what they write to the struck ones waits. */
    NEIGHBOURS,
    /** Those of the cell that is struck, with devices at nodes of both cells. */
    TRAVELLERS
  }

  /** What has to be started for it. */
  public enum Stage {
    /** A cell. */
    CELL,
    /** A cell, and a directory in a store of its own. */
    DIRECTORY_APART,
    /** Two cells behind such a directory. */
    TWO_CELLS
  }

  /** How long things stay wrong. */
  public record Pace(boolean brief) {
    /** Between a kill and the next start, for a rig that serves on meanwhile. */
    long downMillis() {
      return brief ? 4_000 : 10_000;
    }

    long frozenMillis() {
      return brief ? 5_000 : 15_000;
    }

    long longFrozenMillis() {
      return brief ? 20_000 : 60_000;
    }
  }

  /** What is missing. */
  @FunctionalInterface
  public interface Needs {
    Needs NOTHING = rig -> Optional.empty();

    Optional<String> lackedBy(Rig rig);
  }

  /** Does the harm and mends it; returns when all is as it was. */
  @FunctionalInterface
  public interface Strike {
    void on(Rig rig, Pace pace, List<String> people) throws IOException, InterruptedException;
  }

  /** On how much of a stage it can be shown. */
  public Stage stage() {
    return switch (name) {
      case DIRECTORY_STOP -> Stage.DIRECTORY_APART;
      case OTHER_CELL_STOP, MOVE -> Stage.TWO_CELLS;
      default -> Stage.CELL;
    };
  }

  private static final Needs NEIGHBOURS =
      rig -> rig.nodes().size() > 1 ? Optional.empty() : Optional.of("a second node");

  /** All of them. */
  public static final List<Fault> ALL =
      List.of(
          new Fault("kill", Needs.NOTHING, Fault::kill),
          new Fault("freeze", Needs.NOTHING, Fault::freeze),
          new Fault("drain", Needs.NOTHING, Fault::drain),
          new Fault(
              "store-restart",
              part(Rig::store, "a store that is a process of its own"),
              (rig, pace, people) -> restart(rig.store(), 0)),
          new Fault("rolling-restart", NEIGHBOURS, Fault::rolling),
          new Fault("flap", NEIGHBOURS, Fault::flap),
          new Fault("freeze-long", NEIGHBOURS, Fault::freezeLong),
          new Fault(
              "partition",
              part(Rig::network, "nodes in a network namespace of their own"),
              Fault::partition),
          new Fault(
              "redis-kill",
              part(Rig::redis, "a Redis"),
              (rig, pace, people) -> restart(rig.redis(), pace.downMillis())),
          new Fault(
              DIRECTORY_STOP,
              part(Rig::directory, "a store of the directory's own"),
              (rig, pace, people) -> restart(rig.directory(), pace.downMillis())),
          new Fault(
              OTHER_CELL_STOP,
              part(rig -> rig.neighbour().flatMap(other -> rig.store()), "another cell"),
              People.NEIGHBOURS,
              (rig, pace, people) -> restart(rig.store(), pace.downMillis())),
          new Fault(
              MOVE,
              rig -> rig.neighbour().isPresent() ? Optional.empty() : Optional.of("another cell"),
              People.TRAVELLERS,
              Fault::move));

  /** Those of the short form. */
  public static final List<String> BRIEF = List.of("kill", "freeze", "drain", "store-restart");

  private static final int FLAPS = 12;
  private static final int BRIEF_FLAPS = 3;
  private static final long FLAP_MILLIS = 5_000;

  private static NodeProcess victim(Rig rig) {
    return rig.nodes().get(rig.nodes().size() / 2);
  }

  private static void kill(Rig rig, Pace pace, List<String> people)
      throws IOException, InterruptedException {
    kill(victim(rig), rig, pace);
  }

  /** The last node instead of one in the middle. */
  static Fault killLast() {
    return new Fault(
        "kill", NEIGHBOURS, (rig, pace, people) -> kill(rig.nodes().getLast(), rig, pace));
  }

  private static void kill(NodeProcess node, Rig rig, Pace pace)
      throws IOException, InterruptedException {
    node.kill();
    if (rig.nodes().size() > 1) {
      Thread.sleep(pace.downMillis());
    }
    node.start();
  }

  private static void freeze(Rig rig, Pace pace, List<String> people)
      throws IOException, InterruptedException {
    NodeProcess node = victim(rig);
    node.freeze();
    try {
      Thread.sleep(pace.frozenMillis());
    } finally {
      node.thaw();
    }
  }

  /** A minute: much longer than it takes the others to go on without it. */
  private static void freezeLong(Rig rig, Pace pace, List<String> people)
      throws IOException, InterruptedException {
    NodeProcess node = victim(rig);
    node.freeze();
    try {
      Thread.sleep(pace.longFrozenMillis());
    } finally {
      node.thaw();
    }
  }

  /** One node and the others no longer hear one another; all of them reach the store. */
  private static void partition(Rig rig, Pace pace, List<String> people)
      throws IOException, InterruptedException {
    restart(rig.network(), pace.downMillis());
    rig.awaitBalance();
  }

  /** Every second of those who write goes to the other cell and comes back, while all write on. */
  private static void move(Rig rig, Pace pace, List<String> people)
      throws IOException, InterruptedException {
    var travellers = new ArrayList<String>();
    for (int i = 0; i < people.size(); i += 2) {
      travellers.add(people.get(i));
    }
    rig.send(travellers);
    Thread.sleep(pace.downMillis());
    rig.fetch(travellers);
  }

  private static Needs part(Function<Rig, Optional<Rig.Part>> part, String words) {
    return rig -> part.apply(rig).isPresent() ? Optional.empty() : Optional.of(words);
  }

  private static void restart(Optional<Rig.Part> part, long downMillis)
      throws IOException, InterruptedException {
    part.orElseThrow().kill();
    Thread.sleep(downMillis);
    part.orElseThrow().start();
  }

  /** Asked to stop, a node gives away what it holds and ends; then it comes back. */
  private static void drain(Rig rig, Pace pace, List<String> people)
      throws IOException, InterruptedException {
    stopAndStart(victim(rig));
  }

  private static void stopAndStart(NodeProcess node) throws IOException, InterruptedException {
    int code = node.stop();
    if (code != 0) {
      throw new IOException(node.name() + " ended with " + code + " when it was asked to stop");
    }
    node.start();
  }

  private static void rolling(Rig rig, Pace pace, List<String> people)
      throws IOException, InterruptedException {
    for (NodeProcess node : rig.nodes()) {
      stopAndStart(node);
      // An operator, too, waits for one node before he takes the next.
      rig.awaitBalance();
    }
  }

  /** Killed and started every five seconds; a start that takes longer delays the next kill. */
  private static void flap(Rig rig, Pace pace, List<String> people)
      throws IOException, InterruptedException {
    NodeProcess node = victim(rig);
    for (int i = 0; i < (pace.brief() ? BRIEF_FLAPS : FLAPS); i++) {
      long began = System.nanoTime();
      node.kill();
      node.start();
      long took = (System.nanoTime() - began) / 1_000_000;
      Thread.sleep(Math.max(1, FLAP_MILLIS - took));
    }
  }
}
