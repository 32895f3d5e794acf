package io.mainstem.gateway.imap.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a message (RFC 9051 §6.4.5.1).
 *
 * @param part numbers of nested parts; empty for the message itself
 * @param text what of it; null: the whole (of a part: its body)
 * @param fields names for {@link Text#FIELDS} and {@link Text#FIELDS_NOT}, as the client wrote them
 */
public record Section(List<Integer> part, @Nullable Text text, List<String> fields) {
  public static final Section ALL = new Section(List.of(), null, List.of());

  public Section {
    part = List.copyOf(part);
    fields = List.copyOf(fields);
  }

  /** {@code section-text}. */
  public enum Text {
    HEADER("HEADER"),
    FIELDS("HEADER.FIELDS"),
    FIELDS_NOT("HEADER.FIELDS.NOT"),
    TEXT("TEXT"),
    MIME("MIME");

    private final String word;

    Text(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }
}
