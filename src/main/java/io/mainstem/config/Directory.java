package io.mainstem.config;

/**
 * Accounts, domains and logins.
 *
 * @param domain the domain of a name that is given without one
 * @param cacheSeconds how long what was read is given without asking the store again
 * @param staleSeconds how long it is given while the store does not answer
 * @param answerMillis a read of the store that takes longer has no answer
 * @param silentAfter reads one after another without an answer, after which nothing is asked any
 *     more but a probe
 * @param probeMillis pause between two probes
 * @param cellsSeconds how often cells look for one another
 */
public record Directory(
    @Default("mainstem.test") @NotBlank String domain,
    @Default("100000") @Range(min = 100, max = 100_000_000) int cacheEntries,
    @Default("60") @Range(min = 1, max = 3600) int cacheSeconds,
    @Default("86400") @Range(min = 1, max = 31_536_000) int staleSeconds,
    @Default("5000") @Range(min = 10, max = 600_000) int answerMillis,
    @Default("5") @Range(min = 1, max = 1_000_000) int silentAfter,
    @Default("1000") @Range(min = 10, max = 600_000) int probeMillis,
    @Default("5") @Range(min = 1, max = 3600) int cellsSeconds,
    @Default("8") @Range(min = 1, max = 1024) int minPasswordChars,
    Argon2 argon2,
    Login login) {

  /** The cost of one password hash, and how many may be made at once. */
  public record Argon2(
      @Default("19456") @Range(min = 8, max = 4_194_304) int memoryKib,
      @Default("2") @Range(min = 1, max = 100) int iterations,
      @Default("1") @Range(min = 1, max = 64) int lanes,
      @Default("2") @Range(min = 1, max = 256) int threads,
      @Default("64") @Range(min = 1, max = 100_000) int queue) {}

  /**
   * Wrong passwords and remembered right ones.
   *
   * @param maxFailures wrong passwords for one account and address within the window before 429
   */
  public record Login(
      @Default("3600") @Range(max = 86_400) int rememberSeconds,
      @Default("100000") @Range(min = 1, max = 100_000_000) int rememberEntries,
      @Default("10") @Range(min = 1, max = 100_000) int maxFailures,
      @Default("300") @Range(min = 1, max = 86_400) int windowSeconds,
      @Default("100000") @Range(min = 1, max = 100_000_000) int throttleEntries) {}
}
