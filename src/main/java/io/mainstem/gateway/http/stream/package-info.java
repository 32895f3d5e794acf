/**
 * The live side of the API: WebSocket streams and long-polling.
 *
 * <p>In: what a mailbox tells its watchers, and operations of clients. Out: frames, the same for
 * everybody who watches a user, rendered once. Invariants: a stream is confined to the event loop
 * of its socket; it asks its mailbox for no more than it can write; who does not read is closed
 * with a resume point instead of buffered for.
 */
@NullMarked
package io.mainstem.gateway.http.stream;

import org.jspecify.annotations.NullMarked;
