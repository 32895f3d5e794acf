package io.mainstem.config;

/**
 * How much of a mail is looked at. What lies beyond stays in its raw bytes.
 *
 * @param threads mails that are read at once
 * @param queue mails that may wait to be read; more are refused
 * @param maxDepth multiparts and messages within one another
 * @param maxParts of one mail
 * @param maxHeaderBytes of one part's header
 * @param maxFields of one part's header
 * @param maxAddresses of one field
 * @param maxTextBytes of a text that is decoded as a whole
 */
public record Mime(
    @Default("2") @Range(min = 1, max = 256) int threads,
    @Default("4096") @Range(min = 1, max = 1_000_000) int queue,
    @Default("32") @Range(min = 1, max = 100) int maxDepth,
    @Default("1000") @Range(min = 1, max = 100_000) int maxParts,
    @Default("256k") @Range(min = 4096, max = 16 << 20) int maxHeaderBytes,
    @Default("1000") @Range(min = 10, max = 100_000) int maxFields,
    @Default("1000") @Range(min = 1, max = 100_000) int maxAddresses,
    @Default("1m") @Range(min = 65_536, max = 64 << 20) int maxTextBytes) {}
