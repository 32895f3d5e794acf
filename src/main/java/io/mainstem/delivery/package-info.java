/**
 * From a sender's outbox to its recipients, and back what became of it.
 *
 * <p>In: what settled entries of senders owe ({@link io.mainstem.mailbox.host.Outbox}), in memory,
 * and after a take-over what {@link io.mainstem.mailbox.Query.Outstanding} lists. Out: {@link
 * io.mainstem.mailbox.Command.Deliver} to recipients here, a {@link io.mainstem.delivery.Transport}
 * for others; {@link io.mainstem.mailbox.Command.Report} and {@link
 * io.mainstem.mailbox.Command.Fail} to the sender.
 *
 * <pre>
 *   host ──onSettled──► Deliverer ──► SenderOutbox (one a sender) ──► Lane (one a recipient) ──► Transport
 *                                                                       │ handed, in order
 *   host ──receipts───► StatusLine (sender, recipient) ◄────────────────┘
 *                            └─► Report to the sender, at most one in 200 ms ──► ReceiptsTold to the reader
 * </pre>
 *
 * <p>Invariants: the sender's log is the only truth, so anything here may be lost or done twice
 * ({@code Deliver} is idempotent); a recipient gets a sender's messages in the order of the
 * sender's log; a watermark is reported only when everything below it is handed over or given up;
 * every queue has a bound, and what does not fit is asked of the log again when there is room.
 */
@NullMarked
package io.mainstem.delivery;

import org.jspecify.annotations.NullMarked;
