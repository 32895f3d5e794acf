package io.mainstem;

import java.lang.reflect.InvocationTargetException;

/**
 * The first class that runs. It is compiled for Java 8, so that an older Java can read it and say
 * in one line what is needed, instead of failing with an UnsupportedClassVersionError on the rest.
 */
public final class Launcher {
  private static final int NEEDED = 21;

  private Launcher() {}

  /** Hands the arguments to {@code io.mainstem.Main}, when this Java can run it. */
  public static void main(String[] args) throws Throwable {
    String version = System.getProperty("java.specification.version");
    if (majorOf(version) < NEEDED) {
      System.err.println(
          "Mainstem needs Java "
              + NEEDED
              + " or newer; this is Java "
              + version
              + " in "
              + System.getProperty("java.home")
              + ".");
      System.exit(1);
    }
    try {
      Class.forName("io.mainstem.Main")
          .getMethod("main", String[].class)
          .invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** Up to Java 8 the version is written "1.8". */
  private static int majorOf(String version) {
    return Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
  }
}
