package io.mainstem.app;

/** What this program calls itself. */
public final class Version {
  private Version() {}

  /** The version in the JAR's manifest; outside of a JAR, a word that says so. */
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
