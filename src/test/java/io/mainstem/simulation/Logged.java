package io.mainstem.simulation;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.helpers.MessageFormatter;

/**
 * What the program logs in a run stands in its trace; an error is a finding. Called from classes
 * that were loaded for the simulation.
 */
public final class Logged {
  private Logged() {}

  public static void debug(Logger logger, String text) {
    note(text);
  }

  public static void debug(Logger logger, String text, @Nullable Object part) {
    note(text, part);
  }

  public static void debug(
      Logger logger, String text, @Nullable Object one, @Nullable Object other) {
    note(text, one, other);
  }

  public static void debug(Logger logger, String text, @Nullable Object... parts) {
    note(text, parts);
  }

  public static void info(Logger logger, String text) {
    note(text);
  }

  public static void info(Logger logger, String text, @Nullable Object part) {
    note(text, part);
  }

  public static void info(
      Logger logger, String text, @Nullable Object one, @Nullable Object other) {
    note(text, one, other);
  }

  public static void info(Logger logger, String text, @Nullable Object... parts) {
    note(text, parts);
  }

  public static void warn(Logger logger, String text) {
    note(text);
  }

  public static void warn(Logger logger, String text, Throwable cause) {
    note(text + ": {}", cause);
  }

  public static void warn(Logger logger, String text, @Nullable Object part) {
    note(text, part);
  }

  public static void warn(
      Logger logger, String text, @Nullable Object one, @Nullable Object other) {
    note(text, one, other);
  }

  public static void warn(Logger logger, String text, @Nullable Object... parts) {
    note(text, parts);
  }

  public static void error(Logger logger, String text) {
    find(text);
  }

  public static void error(Logger logger, String text, Throwable cause) {
    find(text + ": {}", cause);
  }

  public static void error(Logger logger, String text, @Nullable Object part) {
    find(text, part);
  }

  public static void error(
      Logger logger, String text, @Nullable Object one, @Nullable Object other) {
    find(text, one, other);
  }

  public static void error(Logger logger, String text, @Nullable Object... parts) {
    find(text, parts);
  }

  private static void note(String text, @Nullable Object... parts) {
    World world = World.current();
    if (world != null && world.isTraced()) {
      world.note("%s", says(world, text, parts));
    }
  }

  private static void find(String text, @Nullable Object... parts) {
    World world = World.current();
    if (world != null) {
      String said = says(world, text, parts);
      Throwable cause = MessageFormatter.getThrowableCandidate(parts);
      if (cause != null) {
        StackTraceElement[] at = cause.getStackTrace();
        said += ": " + cause + (at.length == 0 ? "" : " at " + at[0]);
      }
      world.note("%s", said);
      world.fail(said);
    }
  }

  private static String says(World world, String text, @Nullable Object... parts) {
    World.Host host = world.running();
    return (host == null ? "somebody" : host.name)
        + ": "
        + MessageFormatter.arrayFormat(text, parts).getMessage();
  }
}
