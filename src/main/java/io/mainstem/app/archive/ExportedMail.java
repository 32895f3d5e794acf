package io.mainstem.app.archive;

import java.util.Set;

/**
 * What is known of a message that is to be written.
 *
 * @param flags as IMAP names them
 * @param sizeBytes of its RFC 5322 form
 */
public record ExportedMail(
    int uid, long receivedMillis, int zoneMinutes, Set<String> flags, long sizeBytes) {}
