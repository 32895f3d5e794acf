package io.mainstem.mailbox;

/**
 * What a badge shows.
 *
 * @param unread threads shown in Inbox that have an unread message and are not muted
 * @param requests threads in Requests
 */
public record Counts(int unread, int requests) {}
