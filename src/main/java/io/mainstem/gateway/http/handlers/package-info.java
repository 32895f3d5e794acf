/**
 * One class for each operation of the contract.
 *
 * <p>In: a {@link io.mainstem.gateway.http.handlers.Call} that the contract accepted. Out: an
 * {@link io.mainstem.gateway.http.handlers.Answer}. Invariant: nothing is answered before the
 * mailbox has settled it; what belongs to somebody else answers like what does not exist.
 */
@NullMarked
package io.mainstem.gateway.http.handlers;

import org.jspecify.annotations.NullMarked;
