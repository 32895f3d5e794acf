package io.mainstem.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is printed of a fault. */
class FaultReportTest {
  private static FaultReport report(Verdict verdict, List<String> odd) {
    return new FaultReport(
        "kill",
        verdict,
        550,
        512.4,
        new Waits.Quantiles(4, 9, 11),
        new Waits.Quantiles(120, 1800, 1900),
        "<a.1> of ann",
        17,
        2,
        Map.of("request 503 busy", 5),
        Instant.parse("2026-01-02T03:04:05.678Z"),
        4.25,
        odd);
  }

  @Test
  void theObjectHasExactlyTheseFields() {
    assertEquals(
        "{\"fault\":\"kill\",\"acknowledged\":7000,\"lost\":1,\"duplicated\":2,\"invented\":3,"
            + "\"order_differs\":4,\"out_of_service_ms\":{\"p50\":120,\"p99\":1800,\"max\":1900},"
            + "\"errors\":5,\"reconnects\":17,\"load_average\":4.3}",
        report(new Verdict(7000, 1, 2, 3, 4, 5, 6, List.of("lost: <1>")), List.of()).toJson());
  }

  @Test
  void theTextSaysWhetherAllWasWell() {
    var good = new Verdict(7000, 0, 0, 0, 0, 0, 0, List.of());
    assertTrue(report(good, List.of()).isGood());
    assertTrue(
        report(good, List.of())
            .toText()
            .contains("struck at 2026-01-02T03:04:05.678Z; errors 5, reconnects 17"));
    assertTrue(report(good, List.of()).toText().contains("error: request 503 busy (5)"));
    assertTrue(report(good, List.of()).toText().endsWith("unanswered 0: good"));
    assertFalse(report(good, List.of("a refusal")).isGood());
    assertTrue(report(good, List.of("a refusal")).toText().contains("a refusal"));
    var bad = new Verdict(7000, 0, 1, 0, 0, 0, 0, List.of("duplicated: <1> is twice"));
    assertTrue(report(bad, List.of()).toText().contains("BAD"));
    assertTrue(report(bad, List.of()).toText().contains("<1> is twice"));
  }
}
