package io.mainstem.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.gateway.http.protocol.Contract;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.mailbox.Command;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ContractTest {
  private Vertx vertx;
  private Contract contract;

  @BeforeEach
  void load() throws Exception {
    vertx = Vertx.vertx();
    contract =
        Contract.load(vertx).toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void everyCommandHasAnEndpointOrAReasonWhyNot() {
    var told = new ArrayList<String>();
    for (var path : contract.document().getJsonObject("paths")) {
      for (var method : (JsonObject) path.getValue()) {
        var commands = ((JsonObject) method.getValue()).getJsonArray("x-commands");
        if (commands != null) {
          commands.forEach(c -> told.add((String) c));
        }
      }
    }
    var without = contract.document().getJsonObject("x-commands-without-endpoint");
    var sealed = new TreeSet<String>();
    Arrays.stream(Command.class.getPermittedSubclasses())
        .forEach(c -> sealed.add(c.getSimpleName()));
    var named = new TreeSet<>(told);
    named.addAll(without.fieldNames());
    assertEquals(sealed, named);
    for (var name : without.fieldNames()) {
      assertTrue(!told.contains(name), name + " has an endpoint and a reason why it has none");
      assertTrue(without.getString(name).length() > 10, name + " needs a reason");
    }
  }

  @Test
  void everyAnswerFromAMailboxMayBeMarkedAsOld() {
    // These ask the directory, or nobody.
    var others = Set.of("/session", "/sessions", "/stream", "/openapi.yaml");
    for (var path : contract.document().getJsonObject("paths")) {
      var get = ((JsonObject) path.getValue()).getJsonObject("get");
      if (get != null && !others.contains(path.getKey()) && !path.getKey().startsWith("/welcome")) {
        var headers = get.getJsonObject("responses").getJsonObject("200").getJsonObject("headers");
        assertTrue(headers != null && headers.containsKey("Mainstem-Stale"), path.getKey());
      }
    }
  }

  @Test
  void everyRequestBodyRefusesUnknownFields() {
    var schemas = contract.document().getJsonObject("components").getJsonObject("schemas");
    var checked = 0;
    for (var path : contract.document().getJsonObject("paths")) {
      for (var method : (JsonObject) path.getValue()) {
        var body = ((JsonObject) method.getValue()).getJsonObject("requestBody");
        if (body != null && body.getJsonObject("content").containsKey("application/json")) {
          var ref =
              body.getJsonObject("content")
                  .getJsonObject("application/json")
                  .getJsonObject("schema")
                  .getString("$ref");
          var schema = schemas.getJsonObject(ref.substring(ref.lastIndexOf('/') + 1));
          assertEquals(false, schema.getValue("additionalProperties"), ref);
          checked++;
        }
      }
    }
    assertTrue(checked >= 10);
  }

  @Test
  void everyProblemIsListedWithItsStatus() throws Exception {
    var page = Files.readString(Path.of("docs/api.md"));
    for (var type : ProblemType.values()) {
      assertTrue(page.contains("| `" + type.uri() + "` | " + type.status() + " |"), type.uri());
    }
  }
}
