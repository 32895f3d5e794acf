package io.mainstem.gateway.imap.rendering;

import io.mainstem.gateway.imap.protocol.FetchItem;
import io.mainstem.gateway.imap.protocol.Section;
import io.mainstem.mailbox.PlacementView;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Data of one message (RFC 9051 §7.5.2). */
public final class FetchText {
  private FetchText() {}

  /** What a session is told of flags that changed; always with the UID (RFC 7162 §3.2.4). */
  public static String flags(int number, PlacementView placement, boolean modseq) {
    return number
        + " FETCH (UID "
        + placement.uid()
        + " FLAGS "
        + ImapText.flags(placement.words())
        + (modseq ? " MODSEQ (" + placement.modseq() + ")" : "")
        + ")";
  }

  /** What a session is told of its own silent STORE (RFC 7162 §3.1.3). */
  public static String modseq(int number, PlacementView placement) {
    return number + " FETCH (UID " + placement.uid() + " MODSEQ (" + placement.modseq() + "))";
  }

  /** An item of the placement; null when it is of the content. */
  public static @Nullable String item(FetchItem.Simple item, PlacementView p) {
    return switch (item) {
      case FLAGS -> "FLAGS " + ImapText.flags(p.words());
      case INTERNALDATE -> "INTERNALDATE " + ImapText.dateTime(p.receivedMillis(), p.zoneMinutes());
      case RFC822_SIZE -> "RFC822.SIZE " + p.sizeBytes();
      case UID -> "UID " + p.uid();
      case MODSEQ -> "MODSEQ (" + p.modseq() + ")";
      case EMAILID -> "EMAILID (" + p.emailId() + ")";
      case THREADID -> "THREADID (" + p.thread() + ")";
      case SAVEDATE -> "SAVEDATE " + ImapText.dateTime(p.savedMillis(), 0);
      case ENVELOPE, BODY, BODYSTRUCTURE, RFC822, RFC822_HEADER, RFC822_TEXT, PREVIEW -> null;
    };
  }

  /** {@code BODY[…]<offset>} as the answer names it. */
  public static String section(Section section, FetchItem.@Nullable Partial partial) {
    var out = new StringBuilder("BODY[");
    out.append(section.part().stream().map(String::valueOf).collect(Collectors.joining(".")));
    var text = section.text();
    if (text != null) {
      out.append(section.part().isEmpty() ? "" : ".").append(text.word());
      if (!section.fields().isEmpty()) {
        out.append(" (").append(fields(section.fields())).append(')');
      }
    }
    out.append(']');
    return partial == null
        ? out.toString()
        : out.append('<').append(partial.offset()).append('>').toString();
  }

  /** {@code BINARY[…]<offset>}, or {@code BINARY.SIZE[…]}. */
  public static String binary(
      String word, List<Integer> part, FetchItem.@Nullable Partial partial) {
    return word
        + part.stream().map(String::valueOf).collect(Collectors.joining(".", "[", "]"))
        + (partial == null ? "" : "<" + partial.offset() + ">");
  }

  private static String fields(List<String> names) {
    return names.stream()
        .map(n -> n.matches("[!-~&&[^(){%*\"\\\\\\]]]+") ? n : ImapText.string(n))
        .collect(Collectors.joining(" "));
  }
}
