package io.mainstem.mailbox;

import io.mainstem.message.UserId;

/**
 * All that a decision may know beside state and command: who, when, and chance. The host makes one
 * per submit and uses the same one when it decides again after a page fault.
 *
 * @param owner whose mailbox this is
 * @param generation of its log
 * @param nowMillis milliseconds since 1970, by the node's clock
 * @param chance 64 random bits, from which ids are made
 * @param limits bounds and defaults from the configuration
 * @param forms of messages as mail
 */
public record Moment(
    UserId owner, int generation, long nowMillis, long chance, Limits limits, MailForms forms) {}
