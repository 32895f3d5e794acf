package io.mainstem.gateway.http.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Strict JSON (RFC 8259): bounded depth and lengths, no name twice in an object, nothing after the
 * value.
 */
public final class Json {
  /** Deeper than any request of the contract. */
  private static final int MAX_DEPTH = 16;

  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(20)
                  .maxNameLength(256)
                  .maxStringLength(64 << 20)
                  .build())
          .build();

  private Json() {}

  /**
   * @throws Refused MALFORMED when this is not one JSON object in UTF-8
   */
  public static JsonObject object(byte[] bytes) {
    if (!Utf8.isValid(bytes) || looksOtherwise(bytes)) {
      throw new Refused(ProblemType.MALFORMED, "The body is not UTF-8.");
    }
    try (var parser = FACTORY.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new Refused(ProblemType.MALFORMED, "The body is not a JSON object.");
      }
      var object = readObject(parser);
      if (parser.nextToken() != null) {
        throw new Refused(ProblemType.MALFORMED, "Something stands after the JSON object.");
      }
      return object;
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /**
   * A mark at the beginning (RFC 8259 §8.1), or zeros, by which a parser would take it for UTF-16
   * or UTF-32.
   */
  static boolean looksOtherwise(byte[] bytes) {
    for (int i = 0; i < Math.min(4, bytes.length); i++) {
      if (bytes[i] == 0) {
        return true;
      }
    }
    return bytes.length >= 3
        && bytes[0] == (byte) 0xef
        && bytes[1] == (byte) 0xbb
        && bytes[2] == (byte) 0xbf;
  }

  /** Says where, never what: the offending text stays out of answers. */
  static Refused malformed(IOException e) {
    var where =
        e instanceof JsonProcessingException j && j.getLocation() != null ? j.getLocation() : null;
    return new Refused(
        ProblemType.MALFORMED,
        where == null
            ? "The body is not JSON."
            : "The body is not JSON: line "
                + where.getLineNr()
                + ", column "
                + where.getColumnNr()
                + ".");
  }

  private static JsonObject readObject(JsonParser parser) throws IOException {
    var map = new LinkedHashMap<String, @Nullable Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      map.put(name, readValue(parser));
    }
    return new JsonObject(map);
  }

  private static @Nullable Object readValue(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> readObject(parser);
      case START_ARRAY -> {
        var list = new ArrayList<@Nullable Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(readValue(parser));
        }
        yield new JsonArray(list);
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new Refused(ProblemType.MALFORMED, "The body is not JSON.");
    };
  }
}
