package io.mainstem.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.config.Config;
import io.mainstem.mailbox.Query;
import io.mainstem.message.UserId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Opening the inbox: a page of threads, then the newest page of one of them. From the image, and
 * cold (nothing of the mailbox in memory); in a mailbox of a thousand messages and in large ones.
 */
public final class OpenScenario implements Scenario {
  private static final int SENDERS = 500;
  private static final int WARM_OPENS = 2_000;
  private static final int COLD_OPENS = 300;

  @Override
  public String name() {
    return "open";
  }

  @Override
  public void run(Lab lab) throws Exception {
    List<Integer> sizes =
        lab.runs() == 1 ? List.of(1_000, 10_000) : List.of(1_000, 100_000, 1_000_000);
    var data = lab.room().resolve("open");
    Lab.delete(data);
    try (var engine = Engine.open(data, Config.defaults())) {
      for (int size : sizes) {
        var user = new UserId("reader-" + size);
        engine.fill(user, size, SENDERS);
        var warm = new ArrayList<Histogram>();
        var cold = new ArrayList<Histogram>();
        open(engine, user, WARM_OPENS, false);
        open(engine, user, COLD_OPENS, true);
        for (int run = 0; run < lab.runs(); run++) {
          warm.add(open(engine, user, WARM_OPENS, false));
          cold.add(open(engine, user, COLD_OPENS, true));
        }
        tell(lab, size, false, warm);
        tell(lab, size, true, cold);
      }
    }
  }

  @CanIgnoreReturnValue
  private static Histogram open(Engine engine, UserId user, int times, boolean cold) {
    var histogram = new Histogram(3);
    for (int i = 0; i < times; i++) {
      if (cold) {
        Engine.get(engine.mailboxes().release(user));
      }
      long before = System.nanoTime();
      var page =
          Engine.get(engine.mailboxes().query(user, new Query.Threads(null, null, 50, null)));
      var thread = page.threads().get(i % page.threads().size());
      var messages =
          Engine.get(
              engine
                  .mailboxes()
                  .query(user, new Query.Messages(thread.id(), null, null, 50, null, null)));
      if (messages.messages().isEmpty()) {
        throw new IllegalStateException("a thread without messages");
      }
      histogram.recordValue(System.nanoTime() - before);
    }
    return histogram;
  }

  private static void tell(Lab lab, int size, boolean cold, List<Histogram> runs)
      throws IOException {
    Map<String, Object> params = Map.of("messages", size, "cold", cold);
    double syncs = lab.fsyncPerSecond();
    lab.figures().add("open", "p50_ms", "ms", params, at(runs, 50), Map.of("fsync_per_s", syncs));
    lab.figures().add("open", "p99_ms", "ms", params, at(runs, 99), Map.of("fsync_per_s", syncs));
  }

  private static List<Double> at(List<Histogram> runs, double percentile) {
    return runs.stream().map(run -> run.getValueAtPercentile(percentile) / 1e6).toList();
  }
}
