package io.mainstem.mailbox;

import java.time.Duration;

/**
 * Bounds that the operator sets and {@code decide} keeps.
 *
 * @param quotaBytes and {@code quotaMessages} of one mailbox
 * @param sendsPerHour messages that an owner may send in an hour
 * @param newRecipientsPerHour people whom he never wrote to before, in an hour
 * @param idWindow how far a client's message id may lie from now
 * @param maxTextBytes of a message's text
 * @param maxRecipients of one message; also the most members of a group
 * @param undo how long a delete, move or flag change can be undone
 * @param edit how long after sending it a chat can be edited; zero: never
 * @param maxEdits of one message
 */
public record Limits(
    long quotaBytes,
    long quotaMessages,
    int sendsPerHour,
    int newRecipientsPerHour,
    Duration idWindow,
    int maxTextBytes,
    int maxRecipients,
    int maxFolders,
    int maxDrafts,
    int maxKeywords,
    Duration undo,
    Duration edit,
    int maxEdits) {
  public static final Limits DEFAULT =
      new Limits(
          10L << 30,
          5_000_000,
          10_000,
          200,
          Duration.ofDays(7),
          256 << 10,
          256,
          1_000,
          500,
          100,
          Duration.ofMinutes(10),
          Duration.ofDays(1),
          20);
}
