package io.mainstem.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * Redis servers that hold counts: one for each data center, the own first. Without any, counts are
 * asked of the mailbox.
 *
 * @param servers each {@code redis://[:PASSWORD@]HOST:PORT[/NUMBER]}, or rediss for TLS
 * @param prefix before every key, so that others may use the server too
 * @param ttlSeconds how long a count lives without being written again
 * @param remember users whose last counts are held for a server that is away
 * @param batch counts written at once
 * @param maxReads reads under way at once
 * @param timeoutMillis after which a server that does not answer is taken to be away
 * @param retryMillis pause before it is tried again
 */
public record Redis(
    @Default("") List<String> servers,
    @Default("mainstem.counts.") String prefix,
    @Default("3600") @Range(min = 1, max = 86_400) int ttlSeconds,
    @Default("100000") @Range(min = 1, max = 10_000_000) int remember,
    @Default("256") @Range(min = 1, max = 10_000) int batch,
    @Default("1024") @Range(min = 1, max = 10_000) int maxReads,
    @Default("250") @Range(min = 1, max = 60_000) int timeoutMillis,
    @Default("1000") @Range(min = 1, max = 60_000) int retryMillis) {

  public Redis {
    for (String server : servers) {
      if (!isServer(server)) {
        // Without the value: it may hold a password.
        throw new ConfigException(
            "counts.redis.servers is not allowed: each is redis://[:PASSWORD@]HOST:PORT[/NUMBER],"
                + " or rediss:// for TLS");
      }
    }
  }

  /** The record's own text would show passwords. */
  @Override
  public String toString() {
    return "Redis[" + servers.size() + " servers]";
  }

  private static boolean isServer(String text) {
    try {
      URI uri = new URI(text);
      return ("redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getPort() > 0;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
