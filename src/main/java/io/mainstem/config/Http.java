package io.mainstem.config;

import java.util.List;

/**
 * The HTTP gateway: API, stream and web inbox.
 *
 * @param hosts names beside the loopback ones under which this server may be reached; others get
 *     421
 * @param proxies networks of the balancers in front, whose Forwarded field says who the client is
 */
public record Http(
    @Default("true") boolean enabled,
    @Default("127.0.0.1") @NotBlank String host,
    @Default("8080") @Range(max = 65535) int port,
    @Default("") List<String> hosts,
    @Default("") List<String> proxies,
    @Default("4096") @Range(min = 16, max = 65535) int acceptBacklog,
    @Default("65536") @Range(min = 16, max = 1_000_000) int maxConnections,
    @Default("1m") @Range(min = 1024, max = 64 << 20) int maxBodyBytes,
    @Default("64m") @Range(min = 1024, max = 2L << 30) long maxUploadBytes,
    @Default("64") @Range(min = 1, max = 10_000) int maxUploads,
    @Default("60") @Range(min = 1, max = 3600) int idleSeconds,
    @Default("30") @Range(min = 1, max = 600) int requestSeconds,
    @Default("60") @Range(min = 1, max = 300) int pollMaxSeconds,
    Session session,
    Stream stream) {

  public Http {
    Network.check("http.proxies", proxies);
  }

  /**
   * Logged-in devices.
   *
   * @param seconds how long a session lives without being used
   */
  public record Session(
      @Default("2592000") @Range(min = 1, max = 31_536_000) long seconds,
      @Default("100") @Range(min = 1, max = 10_000) int maxPerUser) {}

  /**
   * The live stream over WebSocket.
   *
   * @param maxBufferedBytes what may wait for one slow client; its mailbox is asked for no more
   * @param stallSeconds how long that may wait unread before the stream is closed with 1013
   */
  public record Stream(
      @Default("1m") @Range(min = 4096, max = 64 << 20) int maxBufferedBytes,
      @Default("512k") @Range(min = 1024, max = 16 << 20) int maxFrameBytes,
      @Default("64") @Range(min = 1, max = 10_000) int maxPerUser,
      @Default("64") @Range(min = 1, max = 10_000) int maxPending,
      @Default("30") @Range(min = 1, max = 3600) int pingSeconds,
      @Default("10") @Range(min = 1, max = 600) int stallSeconds) {}
}
