package io.mainstem.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Consumer;

/** A device of one user over HTTP and the stream, as the page is one. */
public final class ChatClient {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int CONNECTIONS = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final ServerProcess.Endpoint at;
  private final Duration patience;
  private final HttpClientAgent http;
  private final WebSocketClient sockets;

  /** One for many users: it holds the connections' pools. */
  public ChatClient(Vertx vertx, ServerProcess.Endpoint at) {
    this(vertx, at, PATIENCE);
  }

  /**
   * @param patience with a server that says nothing; then the call fails and its connection is cut
   */
  public ChatClient(Vertx vertx, ServerProcess.Endpoint at, Duration patience) {
    this.at = at;
    this.patience = patience;
    this.http =
        vertx.createHttpClient(
            new HttpClientOptions().setKeepAlive(true).setConnectTimeout(CONNECT_MILLIS),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    this.sockets =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setMaxConnections(200_000)
                .setMaxFrameSize(1 << 20)
                .setMaxMessageSize(8 << 20));
  }

  /** Logs in; the token. */
  public Future<String> login(String user, String password) {
    return call(
            HttpMethod.POST,
            "/api/v1/session",
            "",
            new JsonObject().put("user", user).put("password", password))
        .map(answer -> answer.getString("token"));
  }

  /** A call of the API that must succeed. */
  public Future<JsonObject> call(HttpMethod method, String path, String token, JsonObject body) {
    return call(method, path, token, body, answer -> {});
  }

  /**
   * A call whose status the caller wants to see, too; fails with {@link Refused} for 300 and above.
   */
  public Future<JsonObject> call(
      HttpMethod method, String path, String token, JsonObject body, Consumer<Integer> status) {
    var options =
        new RequestOptions()
            .setMethod(method)
            .setHost(at.host())
            .setPort(at.port())
            .setURI(path)
            // Also of the wait for a connection, which nothing else ends.
            .setConnectTimeout(patience.toMillis());
    // Composed inside, hence on the connection's event loop: from another thread the body could end
    // before anybody asks for it.
    return http.request(options)
        .compose(
            request -> {
              if (!token.isEmpty()) {
                request.putHeader("Authorization", "Bearer " + token);
              }
              request.idleTimeout(patience.toMillis());
              Future<HttpClientResponse> sent =
                  body.isEmpty()
                      ? request.send()
                      : request.putHeader("Content-Type", "application/json").send(body.toBuffer());
              return sent.compose(
                  response -> response.body().compose(bytes -> answer(response, bytes, status)));
            });
  }

  private static Future<JsonObject> answer(
      HttpClientResponse response, Buffer bytes, Consumer<Integer> status) {
    status.accept(response.statusCode());
    return response.statusCode() < 300
        ? Future.succeededFuture(bytes.length() == 0 ? new JsonObject() : bytes.toJsonObject())
        : Future.failedFuture(new Refused(response.statusCode(), bytes.toString()));
  }

  /** A stream from a cursor ({@code ""}: from now on); {@code onText} gets every frame. */
  public Future<WebSocket> stream(String token, String since, Consumer<String> onText) {
    var options =
        new WebSocketConnectOptions()
            .setHost(at.host())
            .setPort(at.port())
            .setURI("/api/v1/stream" + (since.isEmpty() ? "" : "?since=" + since))
            .addHeader("Authorization", "Bearer " + token);
    return sockets.connect(options).onSuccess(socket -> socket.textMessageHandler(onText::accept));
  }

  public Future<Void> close() {
    return sockets.close().eventually(http::close);
  }

  /** An answer of 300 and above. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String body;

    Refused(int status, String body) {
      super(status + " " + body, null, false, false);
      this.status = status;
      this.body = body;
    }

    public int status() {
      return status;
    }

    public String body() {
      return body;
    }
  }
}
