package io.mainstem.gateway.http;

import static io.mainstem.gateway.http.GatewayFixture.PASSWORD;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Behind a balancer, limits count its clients; what anybody else says of himself is not read. */
final class ForwardedClientsTest {
  @TempDir private Path data;

  private static int login(GatewayFixture server, String password, String forwarded)
      throws Exception {
    var body = new JsonObject().put("user", "alice").put("password", password);
    return server.send(server.post("/session", body).header("Forwarded", forwarded)).statusCode();
  }

  private GatewayFixture server(String proxies) throws Exception {
    return new GatewayFixture(
        data, Map.of("http.proxies", proxies, "directory.login.maxFailures", "3"));
  }

  @Test
  void guessesOfOneClientDoNotHinderAnother() throws Exception {
    try (var server = server("127.0.0.0/8")) {
      for (int i = 0; i < 3; i++) {
        assertEquals(401, login(server, "guess", "for=192.0.2.1"));
      }
      assertEquals(429, login(server, PASSWORD, "for=192.0.2.1"));
      assertEquals(429, login(server, PASSWORD, "for=198.51.100.9, for=192.0.2.1"));
      assertEquals(200, login(server, PASSWORD, "for=192.0.2.2"));
      assertEquals(200, login(server, PASSWORD, "for=\"[2001:db8::1]:4711\""));
    }
  }

  @Test
  void whoIsNoBalancerCannotBeSomebodyElse() throws Exception {
    try (var server = server("10.0.0.0/8")) {
      for (int i = 0; i < 3; i++) {
        assertEquals(401, login(server, "guess", "for=192.0.2." + i));
      }
      assertEquals(429, login(server, PASSWORD, "for=192.0.2.9"));
    }
  }

  @Test
  void aKeyOfThisMachineIsNotTakenFromAClientBehindABalancer() throws Exception {
    try (var server = server("127.0.0.1")) {
      var noRedirect = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
      var key = server.directory.oneTimeKeys().create(server.alice.id());
      var request = HttpRequest.newBuilder(URI.create(server.base() + "/?key=" + key));
      assertEquals(
          "/#used-key", location(noRedirect, request.copy().header("Forwarded", "for=192.0.2.1")));
      assertEquals("/", location(noRedirect, request));
    }
  }

  private static String location(HttpClient client, HttpRequest.Builder request) throws Exception {
    return client
        .send(request.build(), HttpResponse.BodyHandlers.discarding())
        .headers()
        .firstValue("Location")
        .orElseThrow();
  }
}
