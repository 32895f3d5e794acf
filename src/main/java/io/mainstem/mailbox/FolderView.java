package io.mainstem.mailbox;

import io.mainstem.message.FolderId;
import org.infinispan.protostream.annotations.Proto;

/**
 * A folder as IMAP and the page see it (RFC 9051 §2.3.1); modseqs are seqs of the owner's log (RFC
 * 7162).
 */
@Proto
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
