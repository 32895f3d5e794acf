package io.mainstem.config;

/**
 * The mailboxes and the host that runs them.
 *
 * @param queue commands that may wait for one user
 * @param queueTotal commands that may wait on this node
 * @param undoSeconds how long a deletion can be undone before the content is erased
 * @param editSeconds how long after sending it a chat can be edited; 0: never
 * @param maxBehind how many entries a cursor may be behind before it is told to load anew
 */
public record Mailbox(
    @Default("128m") @Range(min = 1 << 20, max = 1L << 40) long cacheBytes,
    @Default("1024") @Range(min = 1, max = 1_000_000) int queue,
    @Default("65536") @Range(min = 1, max = 10_000_000) int queueTotal,
    @Default("64") @Range(min = 1, max = 10_000) int watchersPerUser,
    @Default("50000") @Range(min = 1, max = 10_000_000) int maxBehind,
    @Default("30") @Range(min = 1, max = 604_800) int undoSeconds,
    @Default("86400") @Range(max = 31_536_000) int editSeconds,
    @Default("256") @Range(min = 1, max = 65_536) int snapshotEntries,
    @Default("60") @Range(min = 1, max = 3600) int snapshotSeconds,
    @Default("200") @Range(min = 1, max = 60_000) int statusMillis,
    @Default("1000") @Range(min = 1, max = 60_000) int groupStatusMillis,
    @Default("500") @Range(min = 1, max = 1_000_000) int agendaPerSecond,
    Limits limits,
    Policy policy) {

  /** What one message or one mailbox may hold. */
  public record Limits(
      @Default("256k") @Range(min = 65_536, max = 16 << 20) int maxTextBytes,
      @Default("998") @Range(min = 100, max = 65_536) int maxSubjectChars,
      @Default("256") @Range(min = 2, max = 256) int maxRecipients,
      @Default("256") @Range(min = 2, max = 256) int maxGroupMembers,
      @Default("100") @Range(min = 1, max = 10_000) int maxAttachments,
      @Default("1000") @Range(min = 1, max = 100_000) int maxFolders,
      @Default("1000") @Range(min = 1, max = 100_000) int maxDrafts,
      @Default("64") @Range(min = 1, max = 10_000) int maxKeywords,
      @Default("20") @Range(min = 1, max = 1000) int maxEdits) {}

  /**
   * What a mailbox is ruled by until its owner or the operator says otherwise; 0 means no limit
   * where it is allowed.
   */
  public record Policy(
      @Default("10g") @Range(max = 1L << 50) long quotaBytes,
      @Default("10000000") @Range(max = 1_000_000_000_000L) long quotaMessages,
      @Default("0") @Range(max = 36_500) int retentionDays,
      @Default("0") @Range(max = 100_000_000) int sendPerMinute,
      @Default("200") @Range(max = 100_000_000) int newRecipientsPerHour,
      @Default("true") boolean receipts,
      @Default("false") boolean screenMail) {}
}
