package io.mainstem.gateway.http.protocol;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.MediaType;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The API's contract: the file that is served, and the same as the validator understands it. The
 * validator knows JSON bodies only, so answers and uploads of other media types are taken out of
 * its copy; the file says them all.
 */
public record Contract(Buffer yaml, JsonObject document, OpenAPIContract openApi) {
  private static final String RESOURCE = "/openapi.yaml";

  public static Future<Contract> load(Vertx vertx) {
    byte[] bytes;
    JsonObject document;
    try (var in = Contract.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        return Future.failedFuture(
            new IllegalStateException("openapi.yaml is not on the class path"));
      }
      bytes = in.readAllBytes();
      @SuppressWarnings("unchecked")
      Map<String, Object> tree = new YAMLMapper().readValue(bytes, LinkedHashMap.class);
      document = new JsonObject(tree);
    } catch (IOException e) {
      return Future.failedFuture(new UncheckedIOException(e));
    }
    var forValidator = document.copy();
    keepKnownMediaTypes(forValidator);
    return OpenAPIContract.from(vertx, forValidator)
        .map(api -> new Contract(Buffer.buffer(bytes), document, api));
  }

  private static void keepKnownMediaTypes(Object node) {
    if (node instanceof JsonObject object) {
      if (object.getValue("content") instanceof JsonObject content) {
        content
            .getMap()
            .keySet()
            .removeIf(type -> !MediaType.isMediaTypeSupported(type) || type.contains("octet"));
        if (content.isEmpty()) {
          object.remove("content");
          object.remove("required");
        }
      }
      if (object.getValue("requestBody") instanceof JsonObject body) {
        keepKnownMediaTypes(body);
        if (!body.containsKey("content") && !body.containsKey("$ref")) {
          object.remove("requestBody");
        }
      }
      object.getMap().values().forEach(Contract::keepKnownMediaTypes);
    } else if (node instanceof io.vertx.core.json.JsonArray array) {
      array.forEach(Contract::keepKnownMediaTypes);
    } else if (node instanceof Map<?, ?> map) {
      @SuppressWarnings("unchecked")
      var object = new JsonObject((Map<String, Object>) map);
      keepKnownMediaTypes(object);
    }
  }
}
