package io.mainstem.mailbox.state;

import io.mainstem.mailbox.Annotation;
import io.mainstem.mailbox.StoredObject;
import java.util.ArrayList;
import java.util.List;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** {@code meta}: annotations (RFC 5464), bounded in number and in bytes. */
@Proto
public record Annotations(long covers, List<Note> notes) implements StoredObject {
  /** So many, of all folders together. */
  public static final int MAX = 500;

  public static final int MAX_BYTES = 256 << 10;

  public static final Annotations EMPTY = new Annotations(0, List.of());

  public Annotations {
    notes = List.copyOf(notes);
  }

  /**
   * One annotation.
   *
   * @param folder null: of the whole mailbox
   */
  @Proto
  public record Note(@Nullable String folder, String name, String value) {
    boolean isOf(@Nullable String other) {
      return folder == null ? other == null : folder.equals(other);
    }
  }

  /** Those of a folder, or with null of the whole mailbox. */
  public List<Annotation> of(@Nullable String folder) {
    var out = new ArrayList<Annotation>();
    for (Note r : notes) {
      if (r.isOf(folder)) {
        out.add(new Annotation(r.name(), r.value()));
      }
    }
    return out;
  }

  public Annotations with(long seq, @Nullable String folder, List<Annotation> changed) {
    var out = new ArrayList<>(notes);
    for (Annotation a : changed) {
      out.removeIf(r -> r.isOf(folder) && r.name().equals(a.name()));
      if (a.value() != null) {
        out.add(new Note(folder, a.name(), a.value()));
      }
    }
    return new Annotations(seq, out);
  }

  Annotations without(long seq, String folder) {
    var out = new ArrayList<>(notes);
    out.removeIf(r -> folder.equals(r.folder()));
    return new Annotations(seq, out);
  }

  /** Names and values. */
  public int textLength() {
    int length = 0;
    for (Note r : notes) {
      length += r.name().length() + r.value().length();
    }
    return length;
  }

  @Override
  public int sizeBytes() {
    return 64 + notes.size() * 96 + 2 * textLength();
  }
}
