package io.mainstem.gateway.imap.handlers;

import io.mainstem.blob.BlobStream;
import io.mainstem.gateway.imap.protocol.FetchItem;
import io.mainstem.gateway.imap.protocol.FetchItem.Simple;
import io.mainstem.gateway.imap.rendering.BodyText;
import io.mainstem.gateway.imap.rendering.FetchText;
import io.mainstem.gateway.imap.rendering.ImapText;
import io.mainstem.gateway.imap.session.CutShort;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.mailbox.PlacementView;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.SummaryView;
import io.mainstem.mailbox.UidRange;
import io.mainstem.mime.MailStructure.Extent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes one page of FETCH answers: asks the mailbox for as much as the items need, reads small
 * contents in batches away from the event loop, and streams large ones.
 */
final class FetchPages {
  /** Sections up to this size are read into memory; larger ones are streamed. */
  private static final int IN_MEMORY_BYTES = 128 << 10;

  /** As much is read in one go. */
  private static final int BATCH_BYTES = 512 << 10;

  private static final Set<Simple> SUMMARY =
      Set.of(Simple.ENVELOPE, Simple.BODY, Simple.BODYSTRUCTURE, Simple.PREVIEW);

  private final ImapParts parts;

  FetchPages(ImapParts parts) {
    this.parts = parts;
  }

  /** One FETCH. */
  static final class Request {
    private final Session.Selected session;
    private final List<FetchItem> items;
    private final long changedSince;
    private final boolean marks;
    private final Output out;
    private final boolean needsSummary;
    private final boolean needsBody;
    private final Set<Integer> marked = new HashSet<>();
    private long handed;
    private List<UidRange> span = List.of();

    Request(
        Session.Selected session,
        List<FetchItem> items,
        long changedSince,
        boolean marks,
        Output out) {
      this.session = session;
      this.items = items;
      this.changedSince = changedSince;
      this.marks = marks;
      this.out = out;
      this.needsSummary = items.stream().anyMatch(SUMMARY::contains);
      this.needsBody = items.stream().anyMatch(FetchHandler::opens);
    }

    Session.Selected session() {
      return session;
    }

    /** Content up to this seq of the log was given; 0 when none was. */
    long handed() {
      return handed;
    }

    boolean marks() {
      return marks;
    }

    /** These were unseen until now: their flags are told. */
    void onMarked(List<Integer> uids) {
      marked.addAll(uids);
    }

    boolean wants(int uid) {
      for (UidRange r : span) {
        if (r.holds(uid)) {
          return true;
        }
      }
      return span.isEmpty();
    }
  }

  /** What is known of a message when its answer is written. */
  private static final class Row {
    private final PlacementView placement;
    private @Nullable SummaryView summary;
    private @Nullable MailBytes mail;
    private @Nullable String envelope;
    private @Nullable String bodyStructure;
    private final Map<FetchItem, Piece> pieces = new HashMap<>();

    Row(PlacementView placement) {
      this.placement = placement;
    }
  }

  /** The bytes of a section. */
  private sealed interface Piece {
    record Bytes(byte[] bytes) implements Piece {}

    record Streamed(Supplier<BlobStream> stream, long sizeBytes) implements Piece {}

    /** An answer that is no string. */
    record Number(long value) implements Piece {}

    record Nil() implements Piece {}
  }

  /** Writes answers from a UID on; gives the UID to go on from, 0 at the end. */
  Future<Integer> page(Request request, List<UidRange> span, int from, int to) {
    request.span = span;
    var user = request.session.login().user();
    var folder = request.session.folder().id();
    if (request.needsSummary) {
      return parts
          .mailboxes()
          .query(user, new Query.Summaries(folder, from, to))
          .compose(
              page -> {
                var rows = new ArrayList<Row>();
                for (SummaryView s : page.summaries()) {
                  if (isWanted(request, s.placement())) {
                    var row = new Row(s.placement());
                    row.summary = s;
                    row.envelope = s.headers().envelope();
                    row.bodyStructure = s.headers().bodyStructure();
                    rows.add(row);
                  }
                }
                return withBodies(request, rows).map(page.next());
              });
    }
    if (request.needsBody) {
      return parts
          .mailboxes()
          .query(user, new Query.Bodies(folder, from, to))
          .compose(
              page -> {
                var rows = new ArrayList<Row>();
                for (Query.Body b : page.bodies()) {
                  if (isWanted(request, b.placement())) {
                    var row = new Row(b.placement());
                    row.mail = new MailBytes(parts.blobs(), b);
                    rows.add(row);
                  }
                }
                return write(request, rows).map(page.next());
              });
    }
    return parts
        .mailboxes()
        .query(user, new Query.Placements(folder, from, to, request.changedSince))
        .compose(
            page -> {
              var rows = new ArrayList<Row>();
              for (PlacementView p : page.placements()) {
                if (isWanted(request, p)) {
                  rows.add(new Row(p));
                }
              }
              return write(request, rows).map(page.next());
            });
  }

  private static boolean isWanted(Request request, PlacementView p) {
    return request.wants(p.uid())
        && p.modseq() > request.changedSince
        && request.session.folder().uids().number(p.uid()) > 0;
  }

  /** Some summaries lack what must be read from the mail itself. */
  private Future<Void> withBodies(Request request, List<Row> rows) {
    boolean structure =
        request.items.contains(Simple.BODY) || request.items.contains(Simple.BODYSTRUCTURE);
    boolean envelope = request.items.contains(Simple.ENVELOPE);
    boolean needed =
        request.needsBody
            || rows.stream()
                .anyMatch(
                    r -> structure && r.bodyStructure == null || envelope && r.envelope == null);
    if (rows.isEmpty() || !needed) {
      return write(request, rows);
    }
    var byUid = new HashMap<Integer, Row>();
    rows.forEach(r -> byUid.put(r.placement.uid(), r));
    int from = rows.get(0).placement.uid();
    int to = rows.get(rows.size() - 1).placement.uid();
    return bodies(request, byUid, from, to).compose(done -> write(request, rows));
  }

  private Future<Void> bodies(Request request, Map<Integer, Row> rows, int from, int to) {
    return parts
        .mailboxes()
        .query(
            request.session.login().user(),
            new Query.Bodies(request.session.folder().id(), from, to))
        .compose(
            page -> {
              for (Query.Body b : page.bodies()) {
                Row row = rows.get(b.placement().uid());
                if (row != null) {
                  row.mail = new MailBytes(parts.blobs(), b);
                }
              }
              return page.next() == 0
                  ? Future.succeededFuture()
                  : bodies(request, rows, page.next(), to);
            });
  }

  /** Reads what is needed of the mails, a batch at a time, and writes it. */
  private Future<Void> write(Request request, List<Row> rows) {
    return write(request, rows, 0);
  }

  private Future<Void> write(Request request, List<Row> rows, int at) {
    if (at == rows.size()) {
      return Future.succeededFuture();
    }
    int end = at;
    long bytes = 0;
    boolean reads = false;
    while (end < rows.size() && bytes < BATCH_BYTES) {
      Row row = rows.get(end);
      if (row.mail != null) {
        reads = true;
        bytes += Math.min(row.placement.sizeBytes(), IN_MEMORY_BYTES) + 1024;
      }
      end++;
    }
    List<Row> batch = rows.subList(at, end);
    int next = end;
    Future<Void> read =
        reads
            ? parts
                .workers()
                .executeBlocking(
                    () -> {
                      for (Row row : batch) {
                        read(request, row);
                      }
                      return (Void) null;
                    },
                    false)
            : Future.succeededFuture();
    return read.compose(done -> answer(request, batch, 0))
        .compose(done -> write(request, rows, next));
  }

  /** On a worker. */
  private static void read(Request request, Row row) throws IOException {
    MailBytes mail = row.mail;
    if (mail == null || mail.isErased()) {
      return;
    }
    for (FetchItem item : request.items) {
      FetchItem.Body body = FetchHandler.section(item);
      if (body != null) {
        row.pieces.put(body, piece(mail, body));
      } else if (item instanceof FetchItem.Binary binary) {
        row.pieces.put(item, binary(mail, binary));
      } else if (item instanceof FetchItem.BinarySize binary) {
        var decoded = mail.decoded(binary.part());
        row.pieces.put(
            item, decoded == null ? new Piece.Number(0) : new Piece.Number(decoded.sizeBytes()));
      } else if (item == Simple.ENVELOPE && row.envelope == null) {
        row.envelope = mail.structure().envelope();
      } else if ((item == Simple.BODY || item == Simple.BODYSTRUCTURE)
          && row.bodyStructure == null) {
        row.bodyStructure = mail.structure().bodyStructure();
      }
    }
  }

  private static Piece piece(MailBytes mail, FetchItem.Body body) throws IOException {
    Extent extent = mail.extent(body.section());
    if (extent == null) {
      return new Piece.Nil();
    }
    FetchItem.Partial partial = body.partial();
    if (MailBytes.picksFields(body.section())) {
      byte[] fields = mail.fields(body.section(), extent);
      Extent cut = cut(new Extent(0, fields.length), partial);
      return new Piece.Bytes(
          java.util.Arrays.copyOfRange(
              fields, (int) cut.offset(), (int) (cut.offset() + cut.sizeBytes())));
    }
    Extent cut = cut(extent, partial);
    return cut.sizeBytes() > IN_MEMORY_BYTES
        ? new Piece.Streamed(() -> mail.stream(cut), cut.sizeBytes())
        : new Piece.Bytes(mail.read(cut.offset(), cut.sizeBytes()));
  }

  private static Piece binary(MailBytes mail, FetchItem.Binary item) throws IOException {
    var decoded = mail.decoded(item.part());
    if (decoded == null) {
      return new Piece.Nil();
    }
    Extent cut = cut(new Extent(0, decoded.sizeBytes()), item.partial());
    return cut.sizeBytes() > IN_MEMORY_BYTES
        ? new Piece.Streamed(() -> decoded.stream(cut), cut.sizeBytes())
        : new Piece.Bytes(decoded.read(cut));
  }

  /** {@code <offset.length>}; beyond the end there is nothing (RFC 9051 §6.4.5.1). */
  private static Extent cut(Extent all, FetchItem.@Nullable Partial partial) {
    if (partial == null) {
      return all;
    }
    long offset = Math.min(partial.offset(), all.sizeBytes());
    long length = Math.min(partial.length(), all.sizeBytes() - offset);
    return new Extent(all.offset() + offset, length);
  }

  private Future<Void> answer(Request request, List<Row> batch, int at) {
    int i = at;
    for (; i < batch.size(); i++) {
      Future<Void> written = answer(request, batch.get(i));
      if (!written.isComplete() || !request.out.hasRoom()) {
        int next = i + 1;
        request.out.flush();
        return written
            .compose(done -> request.out.room())
            .compose(room -> answer(request, batch, next));
      }
      if (written.failed()) {
        return written;
      }
    }
    return Future.succeededFuture();
  }

  /** One {@code * n FETCH (…)}. */
  private Future<Void> answer(Request request, Row row) {
    var folder = request.session.folder();
    var p = row.placement;
    folder.onKeywords(request.out, p);
    if (row.mail != null) {
      request.handed = Math.max(request.handed, p.modseq());
    }
    var out = request.out;
    out.text("* " + folder.uids().number(p.uid()) + " FETCH (");
    String before = "";
    Future<Void> written = Future.succeededFuture();
    var items = new ArrayList<>(request.items);
    if (request.marked.remove(p.uid()) && !items.contains(Simple.FLAGS)) {
      items.add(Simple.FLAGS);
    }
    for (FetchItem item : items) {
      String gap = before;
      before = " ";
      FetchItem.Body body = FetchHandler.section(item);
      if (body != null) {
        String name =
            item instanceof Simple simple
                ? simple.word()
                : FetchText.section(body.section(), body.partial());
        written = after(written, () -> piece(out, gap + name, row, body, false));
      } else if (item instanceof FetchItem.Binary b) {
        String name = FetchText.binary("BINARY", b.part(), b.partial());
        written = after(written, () -> piece(out, gap + name, row, b, true));
      } else if (item instanceof FetchItem.BinarySize b) {
        String name = FetchText.binary("BINARY.SIZE", b.part(), null);
        written = after(written, () -> piece(out, gap + name, row, b, true));
      } else {
        String text = gap + text((Simple) item, row);
        written = after(written, () -> text(out, text));
      }
    }
    return after(written, () -> text(out, ")\r\n"));
  }

  /** At once when the one before is done, which is nearly always. */
  private static Future<Void> after(
      Future<Void> before, java.util.function.Supplier<Future<Void>> then) {
    return before.succeeded() ? then.get() : before.compose(done -> then.get());
  }

  private static Future<Void> text(Output out, String text) {
    out.text(text);
    return Future.succeededFuture();
  }

  /**
   * @param binary whether it may hold NULs, so that its literal is a {@code literal8} (RFC 9051 §9)
   */
  private static Future<Void> piece(
      Output out, String name, Row row, FetchItem item, boolean binary) {
    return switch (row.pieces.getOrDefault(item, new Piece.Nil())) {
      case Piece.Nil nil ->
          text(out, name + (item instanceof FetchItem.BinarySize ? " 0" : " NIL"));
      case Piece.Number n -> text(out, name + " " + n.value());
      case Piece.Bytes b -> {
        int size = b.bytes().length;
        out.text(name + (binary && hasNul(b.bytes()) ? " ~{" : " {") + size + "}\r\n");
        out.bytes(b.bytes(), 0, size);
        yield Future.succeededFuture();
      }
      case Piece.Streamed s -> {
        out.text(name + (binary ? " ~{" : " {") + s.sizeBytes() + "}\r\n");
        yield pump(out, s);
      }
    };
  }

  private static boolean hasNul(byte[] bytes) {
    for (byte b : bytes) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  /** At most one piece is read ahead of what the client takes. */
  private static Future<Void> pump(Output out, Piece.Streamed piece) {
    Promise<Void> done = Promise.promise();
    var stream = piece.stream().get();
    long[] left = {piece.sizeBytes()};
    stream.exceptionHandler(cause -> done.tryFail(new CutShort(cause)));
    stream.endHandler(
        end -> {
          if (left[0] == 0) {
            done.tryComplete();
          } else {
            done.tryFail(new CutShort(new EOFException("a blob is shorter than it says")));
          }
        });
    stream.handler(
        bytes -> {
          left[0] -= bytes.length();
          out.bytes(bytes);
          if (out.hasRoom()) {
            stream.fetch(1);
          } else {
            out.room()
                .onSuccess(room -> stream.fetch(1))
                .onFailure(
                    gone -> {
                      stream.close();
                      done.tryFail(gone);
                    });
          }
        });
    stream.fetch(1);
    return done.future();
  }

  private static String text(Simple item, Row row) {
    String ofPlacement = FetchText.item(item, row.placement);
    if (ofPlacement != null) {
      return ofPlacement;
    }
    SummaryView summary = row.summary;
    SummaryView.Text shown = summary == null ? null : summary.text();
    return switch (item) {
      case ENVELOPE ->
          "ENVELOPE "
              + (row.envelope == null ? "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)" : row.envelope);
      case BODYSTRUCTURE -> "BODYSTRUCTURE " + (erased(row) ? GONE + " NIL)" : row.bodyStructure);
      case BODY ->
          "BODY "
              + (erased(row)
                  ? GONE + ")"
                  : BodyText.withoutExtensions(String.valueOf(row.bodyStructure)));
      case PREVIEW ->
          "PREVIEW " + (shown == null ? "NIL" : ImapText.string(preview(shown.preview())));
      default -> throw new IllegalStateException(item.word());
    };
  }

  /** An empty text stands for content that is erased. */
  private static final String GONE =
      "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 0 0";

  private static boolean erased(Row row) {
    return row.bodyStructure == null;
  }

  /** One line (RFC 8970 §3.2). */
  private static String preview(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
