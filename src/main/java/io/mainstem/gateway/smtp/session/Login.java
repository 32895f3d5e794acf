package io.mainstem.gateway.smtp.session;

import io.mainstem.message.UserId;

/** An account whose password was given on this connection. */
public record Login(UserId user) {}
