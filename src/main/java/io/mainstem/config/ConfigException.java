package io.mainstem.config;

/**
 * A setting that is not allowed. The message names the key, the value, where it came from and what
 * is allowed.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }

  static ConfigException badValue(Setting setting, String allowed) {
    return new ConfigException(
        "%s = \"%s\" (%s) is not allowed: %s"
            .formatted(setting.key(), setting.value(), setting.origin(), allowed));
  }
}
