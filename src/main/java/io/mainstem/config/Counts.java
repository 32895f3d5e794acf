package io.mainstem.config;

/** Unread counts for badges, kept where every node reads them. */
public record Counts(Redis redis) {}
