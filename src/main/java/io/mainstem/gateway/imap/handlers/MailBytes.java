package io.mainstem.gateway.imap.handlers;

import io.mainstem.blob.BlobStore;
import io.mainstem.blob.BlobStream;
import io.mainstem.gateway.imap.protocol.Section;
import io.mainstem.gateway.imap.rendering.HeaderFields;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.mailbox.Query;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Message;
import io.mainstem.message.Part;
import io.mainstem.mime.ApartFields;
import io.mainstem.mime.MailComposer;
import io.mainstem.mime.MailStructure;
import io.mainstem.mime.MailStructure.Extent;
import io.mainstem.mime.Mails;
import io.mainstem.mime.MimeLimits;
import io.mainstem.mime.Parts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The RFC 5322 bytes of one message and where its sections lie. Blocking but for {@link #stream};
 * used by one thread at a time.
 */
final class MailBytes {
  /** A header of which fields are picked is looked at as far as this. */
  private static final int MAX_HEADER_BYTES = 1 << 20;

  private static final Set<String> DECODED =
      Set.of("7bit", "8bit", "binary", "base64", "quoted-printable");

  private final BlobStore blobs;
  private final @Nullable BlobRange raw;

  /** What stands before the raw bytes. */
  private final byte[] apart;

  private final Query.@Nullable Written written;
  private final MailComposer.@Nullable Composed composed;
  private @Nullable MailStructure structure;
  private byte @Nullable [] header;

  MailBytes(BlobStore blobs, Query.Body body) {
    this.blobs = blobs;
    this.raw = body.raw();
    this.apart = ApartFields.bytes(body.apart());
    this.written = body.written();
    this.composed =
        written == null
            ? null
            : MailComposer.compose(written.message(), written.id(), written.form(), blobs::open);
  }

  boolean isErased() {
    return raw == null && written == null;
  }

  InputStream open(long offset, long length) throws IOException {
    if (raw != null) {
      return ApartFields.open(blobs, apart, raw, offset, length);
    }
    if (composed == null) {
      return InputStream.nullInputStream();
    }
    InputStream in = composed.open();
    in.skipNBytes(Math.min(offset, sizeBytes()));
    return new Bounded(in, length);
  }

  /** The same, read as fast as the client takes it. */
  BlobStream stream(Extent extent) {
    return raw == null || apart.length > 0
        ? blobs.stream(() -> open(extent.offset(), extent.sizeBytes()))
        : blobs.get(new BlobRange(raw.blob(), raw.offset() + extent.offset(), extent.sizeBytes()));
  }

  long sizeBytes() {
    return raw != null
        ? apart.length + raw.sizeBytes()
        : composed == null ? 0 : composed.sizeBytes();
  }

  MailStructure structure() throws IOException {
    MailStructure known = structure;
    if (known == null) {
      try (InputStream in = open(0, Long.MAX_VALUE)) {
        known = MailStructure.read(in, MimeLimits.DEFAULT);
      }
      structure = known;
    }
    return known;
  }

  /** Where a section that is one stretch of bytes lies; null when the mail has no such part. */
  @Nullable Extent extent(Section section) throws IOException {
    if (section.part().isEmpty() && section.text() == null) {
      return new Extent(0, sizeBytes());
    }
    if (section.part().isEmpty()) {
      long end = headerEnd();
      return section.text() == Section.Text.TEXT
          ? new Extent(end, sizeBytes() - end)
          : new Extent(0, end);
    }
    var part = section.part();
    var text = section.text();
    if (text == null) {
      return structure().body(part);
    }
    return switch (text) {
      case MIME -> structure().mime(part);
      case TEXT -> structure().text(part);
      case HEADER, FIELDS, FIELDS_NOT -> structure().header(part);
    };
  }

  /**
   * A part without its transfer encoding (RFC 9051 §6.4.5 BINARY), to be read from the start; null
   * when there is no such part.
   *
   * @throws Refused when the encoding is none that is known (RFC 9051 §7.1 UNKNOWN-CTE)
   */
  @Nullable Decoded decoded(List<Integer> part) throws IOException {
    if (part.isEmpty()) {
      return new Decoded(new Extent(0, sizeBytes()), "binary");
    }
    Extent body = structure().body(part);
    String encoding = structure().encoding(part);
    if (body == null || encoding == null) {
      return null;
    }
    if (!DECODED.contains(encoding)) {
      throw Refused.no("UNKNOWN-CTE", "A part is encoded in a way that is not known");
    }
    return new Decoded(body, encoding);
  }

  /** A part whose transfer encoding is undone while it is read. */
  final class Decoded {
    private final Extent body;
    private final String encoding;

    private Decoded(Extent body, String encoding) {
      this.body = body;
      this.encoding = encoding;
    }

    InputStream open() throws IOException {
      return Parts.decode(MailBytes.this.open(body.offset(), body.sizeBytes()), encoding);
    }

    /** Reads the part when its encoding does not tell. */
    long sizeBytes() throws IOException {
      if (!encoding.equals("base64") && !encoding.equals("quoted-printable")) {
        return body.sizeBytes();
      }
      try (InputStream in = open()) {
        return in.transferTo(OutputStream.nullOutputStream());
      }
    }

    /** From there on, so many bytes. Blocking. */
    byte[] read(Extent cut) throws IOException {
      try (InputStream in = open()) {
        in.skipNBytes(cut.offset());
        return in.readNBytes((int) cut.sizeBytes());
      }
    }

    /** The same, read as fast as the client takes it. */
    BlobStream stream(Extent cut) {
      return blobs.stream(
          () -> {
            InputStream in = open();
            in.skipNBytes(cut.offset());
            return new Bounded(in, cut.sizeBytes());
          });
    }
  }

  /** Whether only some fields of a header are wanted, so that the bytes are no one stretch. */
  static boolean picksFields(Section section) {
    return section.text() == Section.Text.FIELDS || section.text() == Section.Text.FIELDS_NOT;
  }

  /** The picked fields of the header that lies there. */
  byte[] fields(Section section, Extent extent) throws IOException {
    byte[] bytes = section.part().isEmpty() ? header() : read(extent.offset(), extent.sizeBytes());
    Set<String> names = new HashSet<>();
    section.fields().forEach(n -> names.add(n.toLowerCase(Locale.ROOT)));
    return HeaderFields.select(bytes, names, section.text() == Section.Text.FIELDS_NOT);
  }

  /** The text to read, decoded, at most a bounded part of it. */
  String text(Mails mails) {
    try {
      if (raw != null) {
        return text(mails.readNow(raw.blob(), null));
      }
      return written == null ? "" : text(written.message());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text(Message message) throws IOException {
    Part whole = message.longText();
    return whole == null
        ? message.text()
        : Parts.text(
            blobs.open(whole.range()),
            whole.encoding(),
            whole.charset(),
            MimeLimits.DEFAULT.maxTextBytes());
  }

  byte[] read(long offset, long length) throws IOException {
    try (InputStream in = open(offset, length)) {
      return in.readNBytes((int) Math.min(length, Integer.MAX_VALUE - 8));
    }
  }

  /** The mail's header with its blank line, bounded. */
  byte[] header() throws IOException {
    byte[] known = header;
    if (known == null) {
      known = readHeader();
      header = known;
    }
    return known;
  }

  private byte[] readHeader() throws IOException {
    try (InputStream in = open(0, MAX_HEADER_BYTES)) {
      byte[] bytes = new byte[4096];
      int length = 0;
      while (true) {
        int n = in.readNBytes(bytes, length, bytes.length - length);
        length += n;
        int end = HeaderFields.end(bytes, length);
        if (end >= 0 || n == 0) {
          return Arrays.copyOf(bytes, end >= 0 ? end : length);
        }
        bytes = Arrays.copyOf(bytes, Math.min(MAX_HEADER_BYTES, bytes.length * 2));
      }
    }
  }

  private long headerEnd() throws IOException {
    byte[] known = header();
    // A header beyond the bound is all there is to the mail, as far as sections are concerned.
    return known.length;
  }

  /** The first bytes of a stream. */
  private static final class Bounded extends java.io.FilterInputStream {
    private long left;

    Bounded(InputStream in, long length) {
      super(in);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      int b = left > 0 ? super.read() : -1;
      left -= b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      int n = super.read(into, from, (int) Math.min(left, length));
      left -= Math.max(0, n);
      return n;
    }
  }
}
