package io.mainstem.mailbox;

import org.infinispan.protostream.annotations.Proto;

/**
 * What a badge shows.
 *
 * @param unread threads shown in Inbox that have an unread message and are not muted
 * @param requests threads in Requests
 */
@Proto
public record Counts(int unread, int requests) {}
