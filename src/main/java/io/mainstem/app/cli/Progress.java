package io.mainstem.app.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * A bar with rate and time left for a person at a terminal; a line now and then where nobody sits.
 */
final class Progress {
  private static final int WIDTH = 30;
  private static final long BAR_NANOS = Duration.ofMillis(200).toNanos();
  private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();

  private final PrintStream out;
  private final boolean terminal = System.console() != null && System.getenv("TERM") != null;
  private long totalBytes;
  private long startNanos = System.nanoTime();
  private long shownNanos = startNanos - LINE_NANOS;
  private long startBytes;

  Progress(PrintStream out) {
    this.out = out;
  }

  /**
   * @param doneBytes before, of {@code allBytes}
   */
  void begin(long allBytes, long doneBytes) {
    totalBytes = allBytes;
    startBytes = doneBytes;
    startNanos = System.nanoTime();
  }

  /**
   * @param doneMessages since the beginning
   */
  void show(long doneBytes, long doneMessages) {
    long now = System.nanoTime();
    if (now - shownNanos < (terminal ? BAR_NANOS : LINE_NANOS)) {
      return;
    }
    shownNanos = now;
    out.print(
        (terminal ? "\r" : "")
            + text(doneBytes, doneMessages, now - startNanos)
            + (terminal ? "\u001b[K" : "\n"));
    out.flush();
  }

  /** A line of its own, above the bar. */
  void say(String line) {
    out.println((terminal ? "\r\u001b[K" : "") + line);
  }

  /** The last state of the bar. */
  void end(long doneBytes, long doneMessages) {
    shownNanos = System.nanoTime() - LINE_NANOS;
    show(doneBytes, doneMessages);
    if (terminal) {
      out.println();
    }
  }

  String text(long doneBytes, long doneMessages, long elapsedNanos) {
    double seconds = Math.max(elapsedNanos / 1e9, 1e-3);
    double bytesPerSecond = (doneBytes - startBytes) / seconds;
    double share = totalBytes == 0 ? 1 : Math.min(1, (double) doneBytes / totalBytes);
    int full = (int) (share * WIDTH);
    String left =
        bytesPerSecond < 1
            ? ""
            : ", " + time((long) (Math.max(0, totalBytes - doneBytes) / bytesPerSecond)) + " left";
    return String.format(
        Locale.ROOT,
        "[%s%s] %3.0f %%  %s of %s, %,d mails, %,.0f mails/s, %s/s%s",
        "#".repeat(full),
        ".".repeat(WIDTH - full),
        share * 100,
        bytes(doneBytes),
        bytes(totalBytes),
        doneMessages,
        doneMessages / seconds,
        bytes((long) bytesPerSecond),
        left);
  }

  private static String time(long seconds) {
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds % 3600 / 60);
  }

  static String bytes(long bytes) {
    if (bytes < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
    }
    return bytes < 1_000_000_000
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
  }
}
