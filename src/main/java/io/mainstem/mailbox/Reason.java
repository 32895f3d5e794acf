package io.mainstem.mailbox;

/**
 * Why a message stands where it stands, decided once.
 *
 * @param code stable, lower-case words joined by '-': {@code stranger}, {@code new-sender}, {@code
 *     not-from-account}, {@code declined}, {@code blocked}, {@code screened}, {@code burst-held}
 * @param text in words, for the owner
 */
public record Reason(String code, String text) {}
