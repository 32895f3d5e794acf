package io.mainstem.gateway.http.protocol;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.contract.Location;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds a request against one operation of the contract. Runs on the caller's thread: requests are
 * small and bounded.
 */
public final class Validator {
  private static final int MAX_PARAMETERS = 32;

  private final OpenAPIContract contract;
  private final Operation operation;
  private final Map<String, Parameter> query = new HashMap<>();
  private final @Nullable JsonSchema body;

  public Validator(OpenAPIContract contract, Operation operation) {
    this.contract = contract;
    this.operation = operation;
    for (var parameter : operation.getParameters()) {
      if (parameter.getIn() == Location.QUERY) {
        query.put(parameter.getName(), parameter);
      }
    }
    var request = operation.getRequestBody();
    this.body =
        request == null
            ? null
            : Objects.requireNonNull(request.getContent().get("application/json")).getSchema();
  }

  public boolean takesBody() {
    return body != null;
  }

  /**
   * The query, checked. A parameter without a value counts as left out.
   *
   * @throws Malformed naming the parameter
   */
  public Map<String, Object> query(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return Map.of();
    }
    var out = new HashMap<String, Object>();
    for (var given : decoded(text).entrySet()) {
      var name = given.getKey();
      var parameter = query.get(name);
      if (parameter == null) {
        throw new Malformed("There is no such parameter here.", shortened(name));
      }
      if (given.getValue().size() != 1) {
        throw new Malformed("The parameter stands more than once.", name);
      }
      var value = given.getValue().getFirst();
      if (!value.isEmpty()) {
        out.put(name, checked(parameter, value));
      }
    }
    return out;
  }

  private static Map<String, List<String>> decoded(String text) {
    try {
      return new QueryStringDecoder(text, StandardCharsets.UTF_8, false, MAX_PARAMETERS)
          .parameters();
    } catch (IllegalArgumentException e) {
      throw new Refused(ProblemType.MALFORMED, "The query is not percent-encoded as it should be.");
    }
  }

  /**
   * @throws Malformed naming the parameter
   */
  public void path(Map<String, String> given) {
    for (var parameter : operation.getParameters()) {
      if (parameter.getIn() == Location.PATH) {
        checked(parameter, given.getOrDefault(parameter.getName(), ""));
      }
    }
  }

  /**
   * @throws Malformed naming the field
   */
  public void body(JsonObject given) {
    if (body != null) {
      check(body, given, null);
    }
  }

  @CanIgnoreReturnValue
  private Object checked(Parameter parameter, String text) {
    Object value =
        switch (parameter.getSchemaType()) {
          case INTEGER -> integer(text, parameter.getName());
          case BOOLEAN -> bool(text, parameter.getName());
          default -> text;
        };
    check(parameter.getSchema(), value, parameter.getName());
    return value;
  }

  private static Object integer(String text, String name) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Malformed(name + " is a whole number.", name);
    }
  }

  private static Object bool(String text, String name) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new Malformed(name + " is true or false.", name);
    };
  }

  private void check(JsonSchema schema, Object value, @Nullable String name) {
    OutputUnit result = contract.getSchemaRepository().validator(schema).validate(value);
    if (Boolean.TRUE.equals(result.getValid())) {
      return;
    }
    // The first error is the outermost keyword, the last one of the same branch says what is really
    // wrong.
    OutputUnit worst = null;
    if (result.getErrors() != null) {
      for (var error : result.getErrors()) {
        if (worst == null
            || error.getInstanceLocation().length() >= worst.getInstanceLocation().length()) {
          worst = error;
        }
      }
    }
    if (worst == null) {
      throw new Malformed("The request is not what the contract says.", name);
    }
    var where = worst.getInstanceLocation();
    var field = name != null ? name : where.startsWith("#/") ? where.substring(2) : null;
    throw new Malformed(describe(worst), field == null ? null : shortened(field));
  }

  /** Names the broken rule of the schema; the validator's own words may quote what was sent. */
  private static String describe(OutputUnit error) {
    var location =
        error.getAbsoluteKeywordLocation() != null
            ? error.getAbsoluteKeywordLocation()
            : error.getKeywordLocation();
    var keyword = location.substring(location.lastIndexOf('/') + 1);
    return switch (keyword) {
      case "additionalProperties" -> "There is a field that does not belong here.";
      case "required" -> error.getError() == null ? "A field is missing." : error.getError();
      case "type" -> "A value has the wrong type.";
      case "enum", "const" -> "The value is none of those that are allowed.";
      case "minLength", "maxLength" -> "The text is too short or too long.";
      case "minimum", "maximum" -> "The number is too small or too large.";
      case "minItems", "maxItems", "minProperties", "maxProperties" ->
          "There are too few or too many entries.";
      case "pattern" -> "The text does not have the form that is asked for.";
      default -> "The request breaks the rule " + keyword + " of the contract.";
    };
  }

  private static String shortened(String name) {
    return name.length() <= 64 ? name : name.substring(0, 64);
  }
}
