package io.mainstem.bench.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What clients were told in place of what they asked for, with how often. To be cut off, refused a
 * connection or sent elsewhere is none of it: whoever may be served by several servers knows that
 * and comes again. Confined to the load's event loop.
 */
final class Complaints {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "urn:mainstem:problem:";

  /** Kinds beyond these are one: a server that invents them must not fill the report. */
  private static final int MOST_KINDS = 20;

  private static final String OTHERS = "others";

  private final Map<String, Integer> kinds = new LinkedHashMap<>();

  /** From here on they count. */
  void begin() {
    kinds.clear();
  }

  /**
   * @param where what was asked for
   * @param problem RFC 9457
   */
  void add(String where, int status, JsonNode problem) {
    String type = problem.path("type").asText("").replace(PREFIX, "");
    add((where + " " + status + " " + type + " " + problem.path("detail").asText("")).strip());
  }

  /** As {@link #add(String, int, JsonNode)}, of a body that should be such a problem. */
  void add(String where, int status, String body) {
    try {
      add(where, status, JSON.readTree(body));
    } catch (JsonProcessingException notOurs) {
      add(where + " " + status);
    }
  }

  void add(String kind) {
    boolean known = kinds.containsKey(kind) || kinds.size() < MOST_KINDS;
    kinds.merge(known ? kind : OTHERS, 1, Integer::sum);
  }

  /** In the order in which they came first. */
  Map<String, Integer> byKind() {
    return new LinkedHashMap<>(kinds);
  }
}
