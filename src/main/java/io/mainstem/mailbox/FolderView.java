package io.mainstem.mailbox;

import io.mainstem.message.FolderId;

/**
 * A folder as IMAP and the page see it (RFC 9051 §2.3.1); modseqs are seqs of the owner's log (RFC
 * 7162).
 */
public record FolderView(
    FolderId id,
    String name,
    boolean subscribed,
    int uidValidity,
    int uidNext,
    int messages,
    int unseen,
    long sizeBytes,
    long highestModseq) {}
