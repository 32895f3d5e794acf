package io.mainstem.mailbox.state;

import org.infinispan.protostream.annotations.Proto;

/**
 * Totals of a mailbox.
 *
 * @param together threads shown in Inbox with an unread message and not muted, whose owner's
 *     setting is that of all
 * @param apart the same, counted once a channel: so that a switch of the setting needs no recount
 * @param fixed the same of threads with a setting of their own, as that setting counts them
 * @param requests threads in Requests
 * @param messages stored, and their {@code sizeBytes}: the quota's use
 */
@Proto
public record Totals(
    int together, int apart, int fixed, int requests, long messages, long sizeBytes) {
  public static final Totals ZERO = new Totals(0, 0, 0, 0, 0, 0);
}
