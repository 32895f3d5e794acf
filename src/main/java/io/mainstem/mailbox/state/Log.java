package io.mainstem.mailbox.state;

import io.mainstem.mailbox.Entry;
import io.mainstem.mailbox.Event;
import io.mainstem.mailbox.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.infinispan.protostream.ProtobufUtil;
import org.infinispan.protostream.RandomAccessOutputStream;
import org.infinispan.protostream.SerializationContext;
import org.infinispan.protostream.annotations.Proto;
import org.infinispan.protostream.impl.RandomAccessOutputStreamImpl;
import org.jspecify.annotations.Nullable;

/** Bytes of rows and objects. */
public final class Log {
  /** The layout that objects are written in. */
  private static final byte LAYOUT = 1;

  /** A buffer that was made larger than this is not kept. */
  private static final int SCRATCH_KEPT_BYTES = 64 << 10;

  /** What is encoded grows here: each thread that encodes has one buffer, instead of many a row. */
  private static final ThreadLocal<RandomAccessOutputStreamImpl> SCRATCH =
      ThreadLocal.withInitial(() -> new RandomAccessOutputStreamImpl(8 << 10));

  private static final SerializationContext CONTEXT = context();

  private Log() {}

  /** An entry without content. */
  @Proto
  record LogRow(long first, long settled, long atMillis, List<OneEvent> events) {}

  /**
   * What may be taken away.
   *
   * @param keyId names the key that the contents are sealed with; 0: they are not
   */
  @Proto
  record Body(int keyId, List<Content> contents) {}

  /** Exactly one of these is set. */
  @Proto
  record OneEvent(
      Event.@Nullable Sent sent,
      Event.@Nullable Delivered delivered,
      Event.@Nullable Appended appended,
      Event.@Nullable ReadUpTo readUpTo,
      Event.@Nullable MarkedUnread markedUnread,
      Event.@Nullable Moved moved,
      Event.@Nullable Flagged flagged,
      Event.@Nullable Placed placed,
      Event.@Nullable Deleted deleted,
      Event.@Nullable Erased erased,
      Event.@Nullable Undone undone,
      Event.@Nullable FolderMade folderMade,
      Event.@Nullable FoldersRenamed foldersRenamed,
      Event.@Nullable FolderDropped folderDropped,
      Event.@Nullable DraftSaved draftSaved,
      Event.@Nullable DraftDiscarded draftDiscarded,
      Event.@Nullable SettingsSet settingsSet,
      Event.@Nullable ThreadSet threadSet,
      Event.@Nullable Accepted accepted,
      Event.@Nullable Declined declined,
      Event.@Nullable GroupChanged groupChanged,
      Event.@Nullable Reported reported,
      Event.@Nullable Failed failed,
      Event.@Nullable Retried retried,
      Event.@Nullable Released released,
      Event.@Nullable HandedUpTo handedUpTo,
      Event.@Nullable ReceiptsDone receiptsDone,
      Event.@Nullable Redacted redacted,
      Event.@Nullable Expired expired,
      Event.@Nullable Fenced fenced,
      Event.@Nullable Leaving leaving,
      Event.@Nullable Frozen frozen,
      Event.@Nullable Thawed thawed,
      Event.@Nullable Admitted admitted,
      Event.@Nullable Annotated annotated,
      Event.@Nullable Edited edited,
      Event.@Nullable SetBack setBack) {
    static OneEvent of(Event e) {
      return new OneEvent(
          as(Event.Sent.class, e),
          as(Event.Delivered.class, e),
          as(Event.Appended.class, e),
          as(Event.ReadUpTo.class, e),
          as(Event.MarkedUnread.class, e),
          as(Event.Moved.class, e),
          as(Event.Flagged.class, e),
          as(Event.Placed.class, e),
          as(Event.Deleted.class, e),
          as(Event.Erased.class, e),
          as(Event.Undone.class, e),
          as(Event.FolderMade.class, e),
          as(Event.FoldersRenamed.class, e),
          as(Event.FolderDropped.class, e),
          as(Event.DraftSaved.class, e),
          as(Event.DraftDiscarded.class, e),
          as(Event.SettingsSet.class, e),
          as(Event.ThreadSet.class, e),
          as(Event.Accepted.class, e),
          as(Event.Declined.class, e),
          as(Event.GroupChanged.class, e),
          as(Event.Reported.class, e),
          as(Event.Failed.class, e),
          as(Event.Retried.class, e),
          as(Event.Released.class, e),
          as(Event.HandedUpTo.class, e),
          as(Event.ReceiptsDone.class, e),
          as(Event.Redacted.class, e),
          as(Event.Expired.class, e),
          as(Event.Fenced.class, e),
          as(Event.Leaving.class, e),
          as(Event.Frozen.class, e),
          as(Event.Thawed.class, e),
          as(Event.Admitted.class, e),
          as(Event.Annotated.class, e),
          as(Event.Edited.class, e),
          as(Event.SetBack.class, e));
    }

    private static <T> @Nullable T as(Class<T> kind, Event e) {
      return kind.isInstance(e) ? kind.cast(e) : null;
    }

    Event event() {
      return first(
          sent,
          delivered,
          appended,
          readUpTo,
          markedUnread,
          moved,
          flagged,
          placed,
          deleted,
          erased,
          undone,
          folderMade,
          foldersRenamed,
          folderDropped,
          draftSaved,
          draftDiscarded,
          settingsSet,
          threadSet,
          accepted,
          declined,
          groupChanged,
          reported,
          failed,
          retried,
          released,
          handedUpTo,
          receiptsDone,
          redacted,
          expired,
          fenced,
          leaving,
          frozen,
          thawed,
          admitted,
          annotated,
          edited,
          setBack);
    }

    private static Event first(@Nullable Event... events) {
      for (Event e : events) {
        if (e != null) {
          return e;
        }
      }
      throw new IllegalArgumentException("an event of a kind that this version does not know");
    }
  }

  private static SerializationContext context() {
    var context = ProtobufUtil.newSerializationContext();
    var schema = new MailboxSchemaImpl();
    schema.registerSchema(context);
    schema.registerMarshallers(context);
    return context;
  }

  public static byte[] entry(Entry entry) {
    var events = new ArrayList<OneEvent>(entry.events().size());
    for (Event e : entry.events()) {
      events.add(OneEvent.of(e));
    }
    return bytes(new LogRow(entry.first(), entry.settled(), entry.atMillis(), events));
  }

  public static byte @Nullable [] body(Entry entry) {
    return entry.contents().isEmpty() ? null : bytes(new Body(0, entry.contents()));
  }

  public static Entry entry(byte[] row, byte @Nullable [] body) {
    var r = read(row, 0, row.length, LogRow.class);
    var events = new ArrayList<Event>(r.events().size());
    for (OneEvent e : r.events()) {
      events.add(e.event());
    }
    var contents =
        body == null ? List.<Content>of() : read(body, 0, body.length, Body.class).contents();
    return new Entry(r.first(), r.settled(), r.atMillis(), events, contents);
  }

  public static byte[] object(StoredObject object) {
    var bytes = bytes(object);
    var out = new byte[bytes.length + 1];
    out[0] = LAYOUT;
    System.arraycopy(bytes, 0, out, 1, bytes.length);
    return out;
  }

  public static StoredObject object(String key, byte[] bytes) {
    if (bytes.length == 0 || bytes[0] != LAYOUT) {
      throw new IllegalArgumentException(
          "object " + key + " has a layout that this version does not know");
    }
    return read(bytes, 1, bytes.length - 1, kind(key));
  }

  private static Class<? extends StoredObject> kind(String key) {
    boolean page = key.indexOf('/', 2) > 0;
    return switch (key.charAt(0)) {
      case 'h' ->
          key.equals(Keys.HEADER) ? Header.class : page ? HistoryPage.class : PageTable.class;
      case 't' -> ThreadObject.class;
      case 'l' -> page ? ListPage.class : PageTable.class;
      case 'p' -> PlacementPage.class;
      case 's' -> SummaryPage.class;
      case 'x' -> ExpungePage.class;
      case 'k' -> IndexPage.class;
      case 'd' -> key.equals(Keys.DEAD) ? DeadLetters.class : DraftObject.class;
      case 'm' -> Annotations.class;
      default -> throw new IllegalArgumentException("no object has this key: " + key);
    };
  }

  private static byte[] bytes(Object value) {
    var out = SCRATCH.get();
    out.setPosition(0);
    try {
      ProtobufUtil.writeTo(CONTEXT, (RandomAccessOutputStream) out, value);
      if (out.getPosition() > SCRATCH_KEPT_BYTES) {
        SCRATCH.remove();
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("cannot encode " + value.getClass().getSimpleName(), e);
    }
  }

  private static <T> T read(byte[] bytes, int offset, int length, Class<T> kind) {
    try {
      return ProtobufUtil.fromByteArray(CONTEXT, bytes, offset, length, kind);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("not a " + kind.getSimpleName(), e);
    }
  }
}
