package io.mainstem.config;

/**
 * The admin API, which listens on the loopback address only and wants the token in
 * DATA/admin.token.
 */
public record Admin(@Default("0") @Range(max = 65535) int port) {}
