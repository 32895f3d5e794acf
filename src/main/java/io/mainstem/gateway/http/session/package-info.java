/**
 * Who speaks to us, and for how long: hosts, origins, cookies and tokens, demo keys, live streams.
 *
 * <p>In: requests and WebSockets. Out: the {@link io.mainstem.gateway.http.session.Caller} of a
 * request, or a refusal. Invariant: a stream never outlives its session by more than five seconds,
 * and buffers no more than configured.
 */
@NullMarked
package io.mainstem.gateway.http.session;

import org.jspecify.annotations.NullMarked;
