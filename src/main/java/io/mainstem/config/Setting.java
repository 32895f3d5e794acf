package io.mainstem.config;

/** One key with its value as text, and where it was set, which an error message tells. */
record Setting(String key, String value, String origin) {}
