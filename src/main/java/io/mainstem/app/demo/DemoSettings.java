package io.mainstem.app.demo;

import io.mainstem.config.Config;
import io.mainstem.config.ConfigException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * That a demo is wanted, and how.
 *
 * @param password of all its people; null: random ones, kept in the data directory
 */
public record DemoSettings(@Nullable String password) {
  /** One password for all people of the demo; with it they may be reached from elsewhere. */
  private static final String VARIABLE = "MAINSTEM_DEMO_PASSWORD";

  /**
   * Refuses to show people whose passwords are printed to the network.
   *
   * @throws ConfigException with the setting that is in the way
   */
  public static DemoSettings of(Config config, Map<String, String> environment) {
    String password = environment.get(VARIABLE);
    if (password == null) {
      requireLoopback("http.host", config.http().host(), config.http().enabled());
      requireLoopback("smtp.host", config.smtp().host(), config.smtp().enabled());
      requireLoopback("submission.host", config.submission().host(), config.submission().enabled());
      requireLoopback("imap.host", config.imap().host(), config.imap().enabled());
    } else if (password.length() < config.directory().minPasswordChars()) {
      throw new ConfigException(
          "%s is not allowed: a password has at least %d characters"
              .formatted(VARIABLE, config.directory().minPasswordChars()));
    }
    return new DemoSettings(password);
  }

  private static void requireLoopback(String key, String host, boolean enabled) {
    if (enabled && !isLoopback(host)) {
      throw new ConfigException(
          "%s = \"%s\" is not allowed with --demo, whose passwords are printed: a loopback address, or set %s"
              .formatted(key, host, VARIABLE));
    }
  }

  private static boolean isLoopback(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
