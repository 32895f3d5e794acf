package io.mainstem.gateway.smtp.session;

/**
 * How the client introduced itself.
 *
 * @param extended by EHLO, so the extensions are on
 */
public record Hello(String client, boolean extended) {}
