package io.mainstem.cell.move;

import java.time.Duration;

/**
 * Bounds of moves.
 *
 * @param atOnce mailboxes of this node that are moved at once; others wait
 * @param frozenAtMost how long a mailbox takes no commands before its move is given up
 * @param copyAtMost how long a mailbox is copied before its move is given up
 * @param keep how long an old generation stays whole after the move
 * @param batchRows and {@code batchBytes}: entries in one request to the other cell
 */
public record MoveSettings(
    int atOnce,
    Duration frozenAtMost,
    Duration copyAtMost,
    Duration keep,
    int batchRows,
    int batchBytes) {}
