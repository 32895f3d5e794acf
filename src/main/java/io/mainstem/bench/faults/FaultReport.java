package io.mainstem.bench.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What one fault did to the people.
 *
 * @param fault its name
 * @param askedPerSecond messages written a second in the seconds before it struck
 * @param perSecond messages acknowledged in these seconds
 * @param before the waits in these seconds
 * @param outOfService the waits from the moment at which it struck
 * @param longest of these waits, in words
 * @param reconnects of all devices
 * @param unanswered requests that were cut off and made again; a server that goes ends connections
 * @param errors what clients were told instead of being served, by kind, from when it struck
 * @param struckAt by the clock of this machine, as the logs of its servers have it
 * @param loadAverage of this machine in the minute before the end; negative where it is not known
 * @param odd what else was not as it should be, in words
 */
public record FaultReport(
    String fault,
    Verdict verdict,
    double askedPerSecond,
    double perSecond,
    Waits.Quantiles before,
    Waits.Quantiles outOfService,
    String longest,
    int reconnects,
    int unanswered,
    Map<String, Integer> errors,
    Instant struckAt,
    double loadAverage,
    List<String> odd) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_WORDS = 10;

  public boolean isGood() {
    return verdict.isGood() && odd.isEmpty();
  }

  /** How often clients were told of an error. */
  public int errorCount() {
    return errors.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** One object on one line. */
  public String toJson() {
    var out = new LinkedHashMap<String, Object>();
    out.put("fault", fault);
    out.put("acknowledged", verdict.acknowledged());
    out.put("lost", verdict.lost());
    out.put("duplicated", verdict.duplicated());
    out.put("invented", verdict.invented());
    out.put("order_differs", verdict.orderDiffers());
    var waits = new LinkedHashMap<String, Object>();
    waits.put("p50", outOfService.p50());
    waits.put("p99", outOfService.p99());
    waits.put("max", outOfService.max());
    out.put("out_of_service_ms", waits);
    out.put("errors", errorCount());
    out.put("reconnects", reconnects);
    out.put("load_average", Math.round(loadAverage * 10) / 10.0);
    try {
      return JSON.writeValueAsString(out);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  public String toText() {
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-18s out of service p50 %,d ms, p99 %,d ms, max %,d ms (before: max %,d ms);"
                + " %.0f messages/s written, %.0f acknowledged; load average %.1f%n",
            fault,
            outOfService.p50(),
            outOfService.p99(),
            outOfService.max(),
            before.max(),
            askedPerSecond,
            perSecond,
            loadAverage));
    text.append(
        String.format(
            Locale.ROOT,
            "%-18s struck at %s; errors %d, reconnects %d, requests cut off %d%n",
            "",
            struckAt.truncatedTo(ChronoUnit.MILLIS),
            errorCount(),
            reconnects,
            unanswered));
    errors.forEach(
        (kind, times) ->
            text.append(String.format(Locale.ROOT, "%-18s error: %s (%d)%n", "", kind, times)));
    text.append(String.format(Locale.ROOT, "%-18s longest: %s%n", "", longest));
    text.append(
        String.format(
            Locale.ROOT,
            "%-18s acknowledged %d: lost %d, duplicated %d, invented %d, order differs %d, counts"
                + " wrong %d, unanswered %d: %s",
            "",
            verdict.acknowledged(),
            verdict.lost(),
            verdict.duplicated(),
            verdict.invented(),
            verdict.orderDiffers(),
            verdict.countsWrong(),
            verdict.unanswered(),
            isGood() ? "good" : "BAD"));
    Stream.concat(verdict.words().stream(), odd.stream().limit(MOST_WORDS))
        .forEach(w -> text.append(System.lineSeparator()).append("    ").append(w));
    return text.toString();
  }
}
