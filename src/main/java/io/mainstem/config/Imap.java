package io.mainstem.config;

/** The IMAP gateway. Its address is reserved; it cannot be turned on yet. */
public record Imap(
    @Default("false") boolean enabled,
    @Default("127.0.0.1") @NotBlank String host,
    @Default("2143") @Range(max = 65535) int port) {

  public Imap {
    if (enabled) {
      throw new ConfigException(
          "imap.enabled = \"true\" is not allowed: this version has no IMAP gateway, only false");
    }
  }
}
