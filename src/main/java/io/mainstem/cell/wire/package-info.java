/**
 * What nodes say to one another: one gRPC stream for each pair of nodes ({@code
 * io.mainstem.wire.Peer/Exchange}), in both directions, of batches of envelopes.
 *
 * <p>In: requests of this node's router, with a time limit; what other nodes ask. Out: their
 * answers; calls on the {@link io.mainstem.cell.wire.Peers.Listener}.
 *
 * <pre>
 *   Batch      repeated Envelope, tag 1: all that was sent in one turn of the event loop
 *   Envelope   hello | request | response | watching | unwatch | nudge | whisper | freed
 *              | duty | rumour
 * </pre>
 *
 * <p>Invariants: of two nodes of a cell the one with the smaller name dials; in another cell every
 * node is dialled, and such a stream carries what the one who dialled asks. The first envelope of a
 * stream says who speaks. A call ends with its answer, at its time limit, or when the stream ends,
 * whatever comes first. Requests have a bound for each peer; all other envelopes but responses may
 * be lost.
 */
@NullMarked
package io.mainstem.cell.wire;

import org.jspecify.annotations.NullMarked;
