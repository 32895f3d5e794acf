package io.mainstem.mailbox;

import org.infinispan.protostream.annotations.Proto;

/**
 * Why a message stands where it stands, decided once.
 *
 * @param code stable, lower-case words joined by '-': {@code stranger}, {@code new-sender}, {@code
 *     not-from-account}, {@code declined}, {@code blocked}, {@code screened}, {@code burst-held}
 * @param text in words, for the owner
 */
@Proto
public record Reason(String code, String text) {}
