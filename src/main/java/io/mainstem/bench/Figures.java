package io.mainstem.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects figures; prints a table row and a JSON line for each. */
public final class Figures {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out;
  private final @Nullable Path file;

  Figures(PrintStream out, @Nullable Path file) {
    this.out = out;
    this.file = file;
  }

  /**
   * The figure of several runs: the median, with the smallest and largest beside it.
   *
   * @param more CPU seconds per 1,000 operations, the machine's syncs a second, and the like
   */
  public void add(
      String scenario,
      String metric,
      String unit,
      Map<String, ?> params,
      List<Double> runs,
      Map<String, Double> more)
      throws IOException {
    var sorted = new ArrayList<>(runs);
    sorted.sort(null);
    double median = sorted.get(sorted.size() / 2);
    var line = new LinkedHashMap<String, Object>();
    line.put("scenario", scenario);
    line.put("metric", metric);
    line.put("value", round(median));
    line.put("unit", unit);
    line.put("params", params);
    line.put("runs", runs.stream().map(Figures::round).toList());
    more.forEach((k, v) -> line.put(k, round(v)));
    String json = JSON.writeValueAsString(line);
    out.printf(
        Locale.ROOT,
        "  %-10s %-26s %14s %-8s  (%s … %s)  %s %s%n",
        scenario,
        metric,
        number(median),
        unit,
        number(sorted.getFirst()),
        number(sorted.getLast()),
        params.isEmpty() ? "" : params,
        more.isEmpty()
            ? ""
            : more.entrySet().stream().map(e -> e.getKey() + "=" + number(e.getValue())).toList());
    out.println(json);
    if (file != null) {
      Files.writeString(file, json + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  private static double round(double v) {
    return Math.abs(v) >= 100 ? Math.round(v) : Math.round(v * 1000) / 1000.0;
  }

  private static String number(double v) {
    return Math.abs(v) >= 100
        ? String.format(Locale.ROOT, "%,.0f", v)
        : String.format(Locale.ROOT, "%.3f", v);
  }
}
