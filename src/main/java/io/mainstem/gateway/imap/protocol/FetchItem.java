package io.mainstem.gateway.imap.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What FETCH asks of each message (RFC 9051 §6.4.5). */
public sealed interface FetchItem {
  /** Items that are one word. */
  enum Simple implements FetchItem {
    FLAGS("FLAGS"),
    ENVELOPE("ENVELOPE"),
    BODY("BODY"),
    BODYSTRUCTURE("BODYSTRUCTURE"),
    INTERNALDATE("INTERNALDATE"),
    RFC822("RFC822"),
    RFC822_HEADER("RFC822.HEADER"),
    RFC822_SIZE("RFC822.SIZE"),
    RFC822_TEXT("RFC822.TEXT"),
    UID("UID"),
    /** RFC 7162. */
    MODSEQ("MODSEQ"),
    /** RFC 8474. */
    EMAILID("EMAILID"),
    THREADID("THREADID"),
    /** RFC 8970. */
    PREVIEW("PREVIEW"),
    /** RFC 8514. */
    SAVEDATE("SAVEDATE");

    private final String word;

    Simple(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /**
   * {@code BODY[…]<…>}.
   *
   * @param peek leaves \Seen as it is
   */
  record Body(Section section, @Nullable Partial partial, boolean peek) implements FetchItem {}

  /**
   * {@code BINARY[…]<…>}: a part without its transfer encoding (RFC 9051 §6.4.5).
   *
   * @param peek leaves \Seen as it is
   */
  record Binary(List<Integer> part, @Nullable Partial partial, boolean peek) implements FetchItem {
    public Binary {
      part = List.copyOf(part);
    }
  }

  /** {@code BINARY.SIZE[…]}: how many bytes that would be. */
  record BinarySize(List<Integer> part) implements FetchItem {
    public BinarySize {
      part = List.copyOf(part);
    }
  }

  /** {@code <offset.length>}. */
  record Partial(long offset, long length) {}
}
