package io.mainstem.bench.faults;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Something that goes wrong on purpose, and is put right again.
 *
 * @param needs what the rig lacks for it, if it lacks something
 */
public record Fault(String name, Needs needs, Strike strike) {
  /** How long things stay wrong. */
  public record Pace(boolean brief) {
    /** Between a kill and the next start, for a rig that serves on meanwhile. */
    long downMillis() {
      return brief ? 4_000 : 10_000;
    }

    long frozenMillis() {
      return brief ? 5_000 : 15_000;
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
    void on(Rig rig, Pace pace) throws IOException, InterruptedException;
  }

  private static final Needs NEIGHBOURS =
      rig -> rig.nodes().size() > 1 ? Optional.empty() : Optional.of("a second node");

  /** All of them, those that make the short form first. */
  public static final List<Fault> ALL =
      List.of(
          new Fault("kill", Needs.NOTHING, Fault::kill),
          new Fault("freeze", Needs.NOTHING, Fault::freeze),
          new Fault("restart", Needs.NOTHING, Fault::restart),
          new Fault("flap", Needs.NOTHING, Fault::flap),
          new Fault("rolling-restart", NEIGHBOURS, Fault::rolling));

  private static final int FLAPS = 12;
  private static final int BRIEF_FLAPS = 3;
  private static final long FLAP_MILLIS = 5_000;

  private static NodeProcess victim(Rig rig) {
    return rig.nodes().get(rig.nodes().size() / 2);
  }

  private static void kill(Rig rig, Pace pace) throws IOException, InterruptedException {
    NodeProcess node = victim(rig);
    node.kill();
    if (rig.nodes().size() > 1) {
      Thread.sleep(pace.downMillis());
    }
    node.start();
  }

  private static void freeze(Rig rig, Pace pace) throws IOException, InterruptedException {
    NodeProcess node = victim(rig);
    node.freeze();
    try {
      Thread.sleep(pace.frozenMillis());
    } finally {
      node.thaw();
    }
  }

  private static void restart(Rig rig, Pace pace) throws IOException, InterruptedException {
    stopAndStart(victim(rig));
  }

  private static void stopAndStart(NodeProcess node) throws IOException, InterruptedException {
    int code = node.stop();
    if (code != 0) {
      throw new IOException(node.name() + " ended with " + code + " when it was asked to stop");
    }
    node.start();
  }

  private static void rolling(Rig rig, Pace pace) throws IOException, InterruptedException {
    for (NodeProcess node : rig.nodes()) {
      stopAndStart(node);
    }
  }

  /** Killed and started every five seconds; a start that takes longer delays the next kill. */
  private static void flap(Rig rig, Pace pace) throws IOException, InterruptedException {
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
