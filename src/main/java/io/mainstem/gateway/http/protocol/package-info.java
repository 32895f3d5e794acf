/**
 * The grammar of the API: what a request may look like, and what its JSON means.
 *
 * <p>In: bytes from a client. Out: values of the program, or {@link
 * io.mainstem.gateway.http.protocol.Malformed}. Nothing here knows a socket. Invariant: what the
 * decoder of the WebSocket accepts is what the contract's schemas accept.
 */
@NullMarked
package io.mainstem.gateway.http.protocol;

import org.jspecify.annotations.NullMarked;
