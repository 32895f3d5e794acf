package io.mainstem.app.archive;

import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.imap.protocol.BODY;
import org.eclipse.angus.mail.imap.protocol.FLAGS;
import org.eclipse.angus.mail.imap.protocol.FetchResponse;
import org.eclipse.angus.mail.imap.protocol.INTERNALDATE;
import org.eclipse.angus.mail.imap.protocol.RFC822SIZE;
import org.eclipse.angus.mail.imap.protocol.UID;
import org.jspecify.annotations.Nullable;

/**
 * A folder on an IMAP server. Its marks are UIDVALIDITY and the last UID: while the server keeps
 * the one, a later import goes on behind the other. Short messages come many in one FETCH, a long
 * one piece by piece.
 */
final class ImapFolder implements MailFolder {
  private static final int HEADS = 500;
  private static final int SIZES = 5_000;
  private static final long MANY_BYTES = 2 << 20;
  private static final int PIECE_BYTES = 512 << 10;
  private static final Map<Flags.Flag, String> FLAG_NAMES =
      Map.of(
          Flags.Flag.SEEN, "\\Seen",
          Flags.Flag.ANSWERED, "\\Answered",
          Flags.Flag.FLAGGED, "\\Flagged",
          Flags.Flag.DELETED, "\\Deleted",
          Flags.Flag.DRAFT, "\\Draft");

  private final IMAPFolder folder;
  private final String name;
  private final String identity;
  private long sizeBytes = -1;

  ImapFolder(IMAPFolder folder, String name, String identity) {
    this.folder = folder;
    this.name = name;
    this.identity = identity;
  }

  @Override
  public String shown() {
    return folder.getFullName();
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean growsAtItsEnd() {
    return true;
  }

  @Override
  public long sizeBytes() throws IOException {
    if (sizeBytes >= 0) {
      return sizeBytes;
    }
    try {
      folder.open(Folder.READ_ONLY);
      long sum = 0;
      int count = folder.getMessageCount();
      for (int from = 1; from <= count; from += SIZES) {
        for (FetchResponse one : fetch(from, Math.min(count, from + SIZES - 1), "RFC822.SIZE")) {
          RFC822SIZE size = one.getItem(RFC822SIZE.class);
          sum += size == null ? 0 : size.size;
        }
      }
      folder.close(false);
      sizeBytes = sum;
      return sum;
    } catch (MessagingException e) {
      throw failed(e);
    }
  }

  @Override
  public Reading read(String mark) throws IOException {
    try {
      folder.open(Folder.READ_ONLY);
      return new Messages(folder.getUIDValidity(), folder.getMessageCount(), mark);
    } catch (MessagingException e) {
      throw failed(e);
    }
  }

  private IOException failed(MessagingException e) {
    return new IOException(folder.getFullName() + ": " + ImapAccount.words(e), e);
  }

  /** RFC 9051 §6.4.5, by message numbers: while only FETCH is said, they stay as they are. */
  private List<FetchResponse> fetch(int from, int to, String what) throws MessagingException {
    Object answer =
        folder.doCommand(
            protocol -> {
              Response[] all = protocol.fetch(from, to, what);
              protocol.notifyResponseHandlers(all);
              protocol.handleResult(all[all.length - 1]);
              return all;
            });
    List<FetchResponse> found = new ArrayList<>();
    for (Response one : (Response[]) answer) {
      if (one instanceof FetchResponse fetched) {
        found.add(fetched);
      }
    }
    return found;
  }

  /** What is known of a message before its body is fetched. */
  private record Head(
      int number, long uid, long sizeBytes, @Nullable Date received, Set<String> flags) {}

  private final class Messages implements Reading {
    private final long validity;
    private final int count;
    private final Deque<Head> heads = new ArrayDeque<>();
    private final Map<Integer, byte[]> bodies = new HashMap<>();
    private int nextNumber;
    private long lastUid;
    private long bytes;

    Messages(long validity, int count, String mark) throws MessagingException {
      this.validity = validity;
      this.count = count;
      int colon = mark.indexOf(':');
      if (colon > 0 && mark.substring(0, colon).equals(Long.toString(validity))) {
        lastUid = Long.parseLong(mark.substring(colon + 1));
      }
      nextNumber = firstAfter(lastUid);
    }

    /** The number of the first message with a higher UID; they ascend (RFC 9051 §2.3.1.1). */
    private int firstAfter(long uid) throws MessagingException {
      int from = 1;
      int to = uid == 0 ? 1 : count + 1;
      while (from < to) {
        int middle = (from + to) >>> 1;
        UID found = null;
        for (FetchResponse one : fetch(middle, middle, "UID")) {
          found = one.getItem(UID.class);
        }
        if (found != null && found.uid <= uid) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return from;
    }

    @Override
    public @Nullable ArchivedMail next() throws IOException {
      try {
        if (heads.isEmpty() && nextNumber <= count) {
          loadHeads();
        }
        Head head = heads.poll();
        if (head == null) {
          return null;
        }
        lastUid = head.uid();
        bytes += head.sizeBytes();
        return mail(head);
      } catch (MessagingException e) {
        throw failed(e);
      }
    }

    private ArchivedMail mail(Head head) throws MessagingException {
      String place = "UID " + head.uid();
      OffsetDateTime received =
          head.received() == null ? null : head.received().toInstant().atOffset(ZoneOffset.UTC);
      if (head.sizeBytes() > MANY_BYTES) {
        return new ArchivedMail(
            place, null, received, head.flags(), () -> new Pieces(head.number()));
      }
      if (!bodies.containsKey(head.number())) {
        loadBodies(head);
      }
      byte[] body = bodies.remove(head.number());
      return body == null
          ? ArchivedMail.unreadable(place, "the server did not give it")
          : new ArchivedMail(
              place, null, received, head.flags(), () -> new ByteArrayInputStream(body));
    }

    private void loadHeads() throws MessagingException {
      int last = Math.min(count, nextNumber + HEADS - 1);
      List<Head> loaded = new ArrayList<>();
      for (FetchResponse one : fetch(nextNumber, last, "UID FLAGS INTERNALDATE RFC822.SIZE")) {
        UID uid = one.getItem(UID.class);
        if (uid != null && uid.uid > lastUid) {
          RFC822SIZE size = one.getItem(RFC822SIZE.class);
          INTERNALDATE date = one.getItem(INTERNALDATE.class);
          loaded.add(
              new Head(
                  one.getNumber(),
                  uid.uid,
                  size == null ? 0 : size.size,
                  date == null ? null : date.getDate(),
                  flags(one.getItem(FLAGS.class))));
        }
      }
      loaded.sort(Comparator.comparingInt(Head::number));
      heads.addAll(loaded);
      nextNumber = last + 1;
    }

    /** Fetches this message and those after it, as far as they are short. */
    private void loadBodies(Head first) throws MessagingException {
      long sum = first.sizeBytes();
      int last = first.number();
      for (Head head : heads) {
        sum += head.sizeBytes();
        if (head.number() != last + 1 || sum > MANY_BYTES) {
          break;
        }
        last = head.number();
      }
      for (FetchResponse one : fetch(first.number(), last, "BODY.PEEK[]")) {
        BODY body = one.getItem(BODY.class);
        if (body != null && body.getByteArray() != null) {
          bodies.put(one.getNumber(), body.getByteArrayInputStream().readAllBytes());
        }
      }
    }

    @Override
    public String mark() {
      return validity + ":" + lastUid;
    }

    @Override
    public long doneBytes() {
      return bytes;
    }

    @Override
    public void close() throws IOException {
      try {
        if (folder.isOpen()) {
          folder.close(false);
        }
      } catch (MessagingException e) {
        throw failed(e);
      }
    }
  }

  private static Set<String> flags(@Nullable FLAGS fetched) {
    Set<String> flags = new TreeSet<>();
    if (fetched != null) {
      for (Flags.Flag flag : fetched.getSystemFlags()) {
        String known = FLAG_NAMES.get(flag);
        if (known != null) {
          flags.add(known); // \Recent is nothing of the message's own
        }
      }
      for (String keyword : fetched.getUserFlags()) {
        if (!keyword.startsWith("\\")) {
          flags.add(keyword);
        }
      }
    }
    return flags;
  }

  /** A long message, a piece at a time. */
  private final class Pieces extends InputStream {
    private final int number;
    private int offset;
    private byte[] piece = new byte[0];
    private int at;
    private boolean ended;

    Pieces(int number) {
      this.number = number;
    }

    @Override
    public int read() throws IOException {
      return fill() ? piece[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int taken = Math.min(length, piece.length - at);
      System.arraycopy(piece, at, into, from, taken);
      at += taken;
      return taken;
    }

    private boolean fill() throws IOException {
      if (at == piece.length && !ended) {
        piece = fetchPiece();
        at = 0;
        offset += piece.length;
        ended = piece.length < PIECE_BYTES;
      }
      return at < piece.length;
    }

    private byte[] fetchPiece() throws IOException {
      try {
        BODY body =
            (BODY)
                folder.doCommand(protocol -> protocol.peekBody(number, null, offset, PIECE_BYTES));
        if (body == null || body.getByteArray() == null) {
          throw new IOException("the server did not give all of it");
        }
        return body.getByteArrayInputStream().readAllBytes();
      } catch (MessagingException e) {
        throw failed(e);
      }
    }
  }
}
