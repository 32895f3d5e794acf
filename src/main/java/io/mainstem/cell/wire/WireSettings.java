package io.mainstem.cell.wire;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import org.jspecify.annotations.Nullable;

/**
 * How this node speaks to others.
 *
 * @param level the highest feature level that this node can read
 * @param certificates null: in the clear, to whoever connects
 * @param maxInFlight unanswered requests to one node
 * @param maxWaitingBytes that may wait to be sent to one node
 * @param maxMessageBytes one message that is taken in
 */
public record WireSettings(
    String cell,
    String node,
    long incarnation,
    int level,
    String host,
    int port,
    @Nullable Certificates certificates,
    int maxInFlight,
    long maxWaitingBytes,
    int maxMessageBytes) {
  private static final int WINDOW_BYTES = 1 << 20;
  private static final int CONNECTION_WINDOW_BYTES = 4 << 20;
  private static final int CONNECT_MILLIS = 1_000;
  private static final int BATCH_BYTES = 256 << 10;

  /**
   * PEM files with which nodes prove to one another that they belong to the cell.
   *
   * @param authority that signed the certificates of all nodes, and nothing else
   */
  public record Certificates(String certificate, String key, String authority) {
    PemKeyCertOptions own() {
      return new PemKeyCertOptions().addCertPath(certificate).addKeyPath(key);
    }

    PemTrustOptions trusted() {
      return new PemTrustOptions().addCertPath(authority);
    }
  }

  /** A batch is closed at this size; a single envelope may be larger. */
  int maxBatchBytes() {
    return Math.min(BATCH_BYTES, maxMessageBytes);
  }

  HttpServerOptions serverOptions() {
    var options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setInitialSettings(new Http2Settings().setInitialWindowSize(WINDOW_BYTES))
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
    if (certificates != null) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setKeyCertOptions(certificates.own())
          .setTrustOptions(certificates.trusted())
          .setClientAuth(ClientAuth.REQUIRED);
    }
    return options;
  }

  HttpClientOptions clientOptions() {
    var options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setConnectTimeout(CONNECT_MILLIS)
            .setInitialSettings(new Http2Settings().setInitialWindowSize(WINDOW_BYTES))
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
    if (certificates != null) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setVerifyHost(true)
          .setKeyCertOptions(certificates.own())
          .setTrustOptions(certificates.trusted());
    }
    return options;
  }
}
