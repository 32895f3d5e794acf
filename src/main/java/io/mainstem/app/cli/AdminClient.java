package io.mainstem.app.cli;

import io.mainstem.app.DataDirectory;
import io.mainstem.ops.AdminToken;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to the node that holds a data directory: its address stands in {@code ready.json}, its
 * secret in {@code admin.token}.
 */
public final class AdminClient {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration STREAM_LIMIT = Duration.ofMinutes(30);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final JsonObject ready;
  private final String token;

  private AdminClient(JsonObject ready, String token) {
    this.ready = ready;
    this.token = token;
  }

  /**
   * Finds the running node.
   *
   * @throws AdminFailure when there is none, or its token cannot be read
   */
  public static AdminClient of(Path data) throws IOException {
    try {
      JsonObject ready = DataDirectory.readReady(data);
      if (ready == null) {
        throw none(data);
      }
      return new AdminClient(ready, Files.readString(data.resolve(AdminToken.FILE)).strip());
    } catch (NoSuchFileException e) {
      throw none(data);
    } catch (AccessDeniedException e) {
      throw new AdminFailure(
          "%s can be read only by the account that runs the server".formatted(e.getFile()));
    } catch (DecodeException e) {
      throw new AdminFailure("ready.json in %s is damaged: start the server again".formatted(data));
    }
  }

  private static AdminFailure none(Path data) {
    return new AdminFailure(
        "No server runs on %s. Start it, or name its data directory with --data."
            .formatted(data.toAbsolutePath().normalize()));
  }

  /** Where a gateway of the node listens, as host:port; null when it is off. */
  public @Nullable String address(String gateway) {
    return ready.getString(gateway);
  }

  public JsonObject get(String path) throws IOException, InterruptedException {
    return send("GET", path, null);
  }

  public JsonObject post(String path, JsonObject body) throws IOException, InterruptedException {
    return send("POST", path, body);
  }

  public JsonObject put(String path, JsonObject body) throws IOException, InterruptedException {
    return send("PUT", path, body);
  }

  public JsonObject delete(String path) throws IOException, InterruptedException {
    return send("DELETE", path, null);
  }

  /** A part of a path or query, as a URL carries it. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Opens an answer that is as long as it is; it comes as it is read. */
  InputStream open(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + ready.getString("admin") + path))
            .timeout(LIMIT)
            .header("Authorization", "Bearer " + token)
            .build();
    HttpResponse<InputStream> response = reach(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() >= 300) {
      try (InputStream body = response.body()) {
        throw refusal(
            response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return response.body();
  }

  /** Sends a body that is made while it is read. */
  public JsonObject stream(String path, Supplier<InputStream> body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create("http://" + ready.getString("admin") + path))
            .timeout(STREAM_LIMIT)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofInputStream(body))
            .build());
  }

  private JsonObject send(String method, String path, @Nullable JsonObject body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create("http://" + ready.getString("admin") + path))
            .timeout(LIMIT)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.encode()))
            .build());
  }

  private JsonObject send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = reach(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw refusal(response.statusCode(), response.body());
    }
    return response.body().isBlank() ? new JsonObject() : new JsonObject(response.body());
  }

  private <T> HttpResponse<T> reach(HttpRequest request, HttpResponse.BodyHandler<T> body)
      throws IOException, InterruptedException {
    try {
      return http.send(request, body);
    } catch (ConnectException e) {
      throw new AdminFailure(
          "The server does not answer on %s: it was killed, perhaps. Start it again."
              .formatted(ready.getString("admin")));
    }
  }

  private static AdminFailure refusal(int status, String body) {
    JsonObject answer = body.isBlank() ? new JsonObject() : new JsonObject(body);
    return new AdminFailure(answer.getString("error", "The server answered " + status));
  }
}
