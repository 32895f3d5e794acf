package io.mainstem.store.cassandra;

/**
 * Bounds and pauses of the protocol.
 *
 * @param batchRows rows that one write of a user's log groups
 * @param batchBytes bytes that one write of a user's log groups
 * @param queueRows appends of all users that may wait or be under way; more are refused
 * @param queueBytes their bytes
 * @param reads reads of all users that may be under way; more are refused
 * @param knownLogs logs whose end is kept in memory
 * @param retryFirstMillis pause before what had no answer is tried again; doubles with each try
 * @param retryMostMillis the longest such pause
 * @param beatMillis how often an incarnation is read when nothing else asks for it
 * @param goneMillis without an answer for this long, what is new is refused at once
 * @param staleMillis answers say that they may be old when the own incarnation was not shown to
 *     stand for longer than this
 * @param attempts tries of a transaction until it is given up
 */
public record Tuning(
    int batchRows,
    int batchBytes,
    int queueRows,
    long queueBytes,
    int reads,
    int knownLogs,
    long retryFirstMillis,
    long retryMostMillis,
    long beatMillis,
    long goneMillis,
    long staleMillis,
    int attempts) {
  /** What suits a cell in one data center. */
  public static final Tuning DEFAULT =
      new Tuning(256, 1 << 20, 65_536, 64 << 20, 4_096, 65_536, 50, 2_000, 1_000, 5_000, 5_000, 10);

  /** The pause after this many failures in a row. */
  long pauseMillis(int failures) {
    return Math.min(retryMostMillis, retryFirstMillis << Math.min(20, Math.max(0, failures - 1)));
  }
}
