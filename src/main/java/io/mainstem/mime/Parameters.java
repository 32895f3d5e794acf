package io.mainstem.mime;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.james.mime4j.stream.NameValuePair;
import org.apache.james.mime4j.stream.RawBody;
import org.apache.james.mime4j.stream.RawField;
import org.apache.james.mime4j.stream.RawFieldParser;
import org.apache.james.mime4j.util.MimeParameterMapping;
import org.jspecify.annotations.Nullable;

/**
 * A structured field: a value in lower case and its parameters, decoded (RFC 2045 §5.1, RFC 2231,
 * and encoded words, which are not allowed there and common).
 */
record Parameters(String value, Map<String, String> parameters) {
  static final Parameters NONE = new Parameters("", Map.of());
  static final Parameters TEXT_PLAIN = new Parameters("text/plain", Map.of());
  private static final int MAX_PARAMETERS = 100;

  static Parameters parse(String body) {
    if (body.isBlank()) {
      return NONE;
    }
    try {
      RawBody raw = RawFieldParser.DEFAULT.parseRawBody(new RawField("X", Words.harmless(body)));
      MimeParameterMapping mapping = new MimeParameterMapping();
      Map<String, String> decoded = new LinkedHashMap<>();
      int count = 0;
      for (NameValuePair pair : raw.getParams()) {
        if (pair.getValue() != null && count++ < MAX_PARAMETERS) {
          mapping.addParameter(pair.getName(), pair.getValue());
          int star = pair.getName().indexOf('*');
          decoded.put(
              (star < 0 ? pair.getName() : pair.getName().substring(0, star))
                  .toLowerCase(Locale.ROOT),
              "");
        }
      }
      decoded.replaceAll((name, empty) -> Words.decode(orEmpty(mapping.get(name))));
      return new Parameters(
          raw.getValue() == null ? "" : raw.getValue().strip().toLowerCase(Locale.ROOT), decoded);
    } catch (RuntimeException | StackOverflowError malformed) {
      int semicolon = body.indexOf(';');
      String value = semicolon < 0 ? body : body.substring(0, semicolon);
      return new Parameters(value.strip().toLowerCase(Locale.ROOT), Map.of());
    }
  }

  @Nullable String get(String name) {
    String found = parameters.get(name);
    return found == null || found.isBlank() ? null : found;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
