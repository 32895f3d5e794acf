package io.mainstem.simulation;

import java.util.HashSet;
import java.util.Set;

/**
 * What becomes of a message: it arrives soon, late, or never. Sides that are cut off from one
 * another hear nothing.
 */
final class Network {
  private static final long SOON_MICROS = 300;
  private static final long NOT_SO_SOON_MICROS = 4_000;
  private static final long LATE_MICROS = 12_000_000;

  private record Link(String one, String other) {}

  private final World world;
  private final Set<Link> cut = new HashSet<>();
  private double loss;
  private double lateness;

  Network(World world) {
    this.world = world;
  }

  /**
   * @param loss how many messages never arrive
   * @param lateness how many arrive only after seconds
   */
  void setWeather(double loss, double lateness) {
    this.loss = loss;
    this.lateness = lateness;
  }

  void cut(String one, String other) {
    cut.add(new Link(one, other));
    cut.add(new Link(other, one));
  }

  void heal() {
    cut.clear();
  }

  boolean connects(String one, String other) {
    return !cut.contains(new Link(one, other));
  }

  /** Carries a message to something that neither freezes nor dies. */
  void carry(String from, String to, Runnable arrival) {
    if (arrives(from, to)) {
      world.after(delay(), arrival);
    }
  }

  /** Carries a message to a host. */
  void carry(String from, World.Host to, Runnable arrival) {
    if (arrives(from, to.name)) {
      world.after(to, delay(), arrival);
    }
  }

  /** Carries an answer to who asked, in that life of the host. */
  void carry(String from, World.Host to, int life, Runnable arrival) {
    if (arrives(from, to.name)) {
      world.after(to, life, delay(), arrival);
    }
  }

  private boolean arrives(String from, String to) {
    return connects(from, to) && !world.chance(loss);
  }

  /**
   * Whether something that is sent again and again arrives.
   *
   * @param part of the messages that would be lost, those that are lost for good
   */
  boolean carries(String from, String to, double part) {
    return connects(from, to) && !world.chance(loss * part);
  }

  /** How long a message takes. */
  long delay() {
    return world.chance(lateness)
        ? world.between(NOT_SO_SOON_MICROS, LATE_MICROS)
        : world.between(SOON_MICROS, NOT_SO_SOON_MICROS);
  }
}
