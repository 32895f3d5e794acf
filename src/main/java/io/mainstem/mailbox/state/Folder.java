package io.mainstem.mailbox.state;

import org.infinispan.protostream.annotations.Proto;

/**
 * A folder's attributes and counts (RFC 9051 §2.3.1); its placements lie in pages under its id, so
 * a rename touches none.
 */
@Proto
public record Folder(
    String id,
    String name,
    boolean subscribed,
    int uidValidity,
    int uidNext,
    int messages,
    int unseen,
    long sizeBytes,
    long modseq) {
  public Folder with(int newUidNext, int newMessages, int newUnseen, long newSize, long seq) {
    return new Folder(
        id, name, subscribed, uidValidity, newUidNext, newMessages, newUnseen, newSize, seq);
  }

  public Folder renamed(String newName) {
    return new Folder(
        id, newName, subscribed, uidValidity, uidNext, messages, unseen, sizeBytes, modseq);
  }

  /** Its UIDs are given anew: whoever remembers older ones must forget them. */
  Folder withValidity(int validity) {
    return new Folder(id, name, subscribed, validity, uidNext, messages, unseen, sizeBytes, modseq);
  }

  public Folder subscribed(boolean on) {
    return new Folder(id, name, on, uidValidity, uidNext, messages, unseen, sizeBytes, modseq);
  }
}
