/**
 * The HTTP gateway: API, live stream, web inbox.
 *
 * <p>In: requests and WebSockets of browsers and programs. Out: commands and queries to {@link
 * io.mainstem.mailbox.MailboxService}; answers as the contract ({@code openapi.yaml}) says. The way
 * of a request: {@link io.mainstem.gateway.http.HttpListener} (socket, host, routes) → {@link
 * io.mainstem.gateway.http.Endpoint} (session, contract) → a class in {@code handlers} → {@code
 * rendering}. Streams: {@code stream.StreamDoor}.
 *
 * <p>Invariants: whatever a client sends, it gets an answer of the contract, never a stack trace;
 * nothing is kept here that a restart may not lose; no address, subject, text or token reaches a
 * log or a metric.
 */
@NullMarked
package io.mainstem.gateway.http;

import org.jspecify.annotations.NullMarked;
