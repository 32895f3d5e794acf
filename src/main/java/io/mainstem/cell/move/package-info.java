/**
 * Users go from one cell to another: their logs are copied entry for entry under a new generation,
 * and the directory says from which moment on that copy is the mailbox.
 *
 * <p>In: what the host says of mailboxes whose logs hold {@code Leaving} or {@code Frozen} ({@link
 * io.mainstem.mailbox.host.Departures}), and what the directory says of the move. Out: rows for the
 * owner in the other cell ({@link io.mainstem.cell.move.Destination}), references to blobs, one
 * conditional write of the account.
 *
 * <p>Whoever owns the mailbox moves it. All that it must remember is in the log and in the
 * directory, so the next owner goes on where the one before was; every step may be done twice:
 *
 * <pre>
 *   directory                 log of the source          copy in the target
 *   (a, 3)                    …
 *   (a, 3) → (b, 4)           …                                                      planned
 *   (a, 3) → (b, 4)           … Leaving                  grows, settled entries only  COPYING
 *   (a, 3) → (b, 4)           … Leaving … Frozen         grows up to Frozen           CATCHING_UP
 *   (b, 4)                    … Leaving … Frozen         is the mailbox               FLIPPING
 *   (b, 4)                    without content            goes on                      CLEARING
 *
 *   (a, 3), next is 5         … Frozen, Thawed, …        of no use, is cleared        given up
 * </pre>
 *
 * <p>Invariants: only settled entries are copied, so the copy is never ahead of the truth; an entry
 * is acknowledged under one generation only, because the source takes none after Frozen and the
 * target none before the flip; of flip and abort exactly one happens; a generation that was given
 * up is never used again.
 */
@NullMarked
package io.mainstem.cell.move;

import org.jspecify.annotations.NullMarked;
