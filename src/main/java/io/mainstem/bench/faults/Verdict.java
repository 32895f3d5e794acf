package io.mainstem.bench.faults;

import java.util.List;

/**
 * What the checker found.
 *
 * @param acknowledged messages
 * @param lost messages that were acknowledged and are missing in a mailbox or at a device, and
 *     entries that a device was never told
 * @param duplicated messages that are twice in a mailbox, and entries that a device was told twice
 * @param invented messages that nobody wrote to whom they reached, and entries that are in no log
 * @param orderDiffers messages that stand in another order at somebody else, and entries that a
 *     device was told out of order
 * @param countsWrong counts that differ from a recount
 * @param unanswered messages that were neither acknowledged nor refused in the end
 * @param words what is wrong, the first findings of each kind
 */
public record Verdict(
    long acknowledged,
    long lost,
    long duplicated,
    long invented,
    long orderDiffers,
    long countsWrong,
    long unanswered,
    List<String> words) {

  public boolean isGood() {
    return lost + duplicated + invented + orderDiffers + countsWrong + unanswered == 0;
  }
}
