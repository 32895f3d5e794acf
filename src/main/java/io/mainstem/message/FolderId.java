package io.mainstem.message;

import java.util.List;
import org.infinispan.protostream.annotations.Proto;

/**
 * A folder's id in one mailbox (RFC 8474 MAILBOXID). The folders that every mailbox has bear the
 * ids below; the user's own have ids that are made once and outlive a rename.
 */
@Proto
public record FolderId(String value) implements Comparable<FolderId> {
  public static final FolderId INBOX = new FolderId("inbox");
  public static final FolderId CHATS = new FolderId("chats");
  public static final FolderId SENT = new FolderId("sent");
  public static final FolderId DRAFTS = new FolderId("drafts");
  public static final FolderId REQUESTS = new FolderId("requests");
  public static final FolderId ARCHIVE = new FolderId("archive");
  public static final FolderId JUNK = new FolderId("junk");
  public static final FolderId TRASH = new FolderId("trash");

  /** The folders that every mailbox has, in the order in which they are shown. */
  public static final List<FolderId> SYSTEM =
      List.of(INBOX, CHATS, SENT, DRAFTS, REQUESTS, ARCHIVE, JUNK, TRASH);

  public FolderId {
    if (!Names.isId(value)) {
      throw new IllegalArgumentException("a folder id has 1 to 64 characters of a-z, 0-9 and -");
    }
  }

  @Override
  public int compareTo(FolderId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
