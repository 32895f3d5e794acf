package io.mainstem.gateway.smtp.intake;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobWriter;
import io.mainstem.gateway.smtp.protocol.ReversePath;
import io.mainstem.gateway.smtp.session.Incoming;
import io.mainstem.gateway.smtp.session.Refused;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.mime.Raw;
import io.mainstem.mime.SubmissionCleaner;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mail on its way: its bytes go to the blob store as they come, while they are hashed and their
 * header is looked at; when they are durable they are parsed and handed to a {@link Settlement}.
 * Confined to one connection.
 */
final class Arrival implements Incoming {
  /** A mail up to this size is parsed from memory; a longer one is read again from its blob. */
  private static final int IN_MEMORY_MAX = 32 << 10;

  private final Workshop workshop;
  private final Session.Open session;
  private final BlobWriter writer;
  private final List<BlobReference> references;
  private final String sender;
  private final @Nullable SubmissionCleaner cleaner;
  private final Settlement settlement;
  private final String name;
  private final MailIdentity identity = new MailIdentity();
  private final HeaderTally tally = new HeaderTally();
  private @Nullable Buffer inMemory = Buffer.buffer();
  private byte[] hash = new byte[0];
  private int repeat;

  /** Puts a mail into the mailboxes that it is for; fails when it is kept for none. */
  @FunctionalInterface
  interface Settlement {
    /**
     * Releases the references of those who will not need the blob, and of nobody else.
     *
     * @param id made of the mail, so that a repeat has the same
     */
    Future<Void> settle(MessageId id, BlobKey raw, Message message);
  }

  /**
   * @param name by which our reply and the trace name the mail
   * @param sender in whose name a repeat is a repeat
   * @param references who will need the blob
   * @param cleaner null for a mail that is kept as it comes
   */
  Arrival(
      Workshop workshop,
      Session.Open session,
      BlobWriter writer,
      String name,
      String sender,
      List<BlobReference> references,
      @Nullable SubmissionCleaner cleaner,
      Settlement settlement) {
    this.workshop = workshop;
    this.session = session;
    this.writer = writer;
    this.name = name;
    this.sender = sender;
    this.references = references;
    this.cleaner = cleaner;
    this.settlement = settlement;
  }

  /**
   * Writes the trace fields. They differ from repeat to repeat, so they are no part of the mail's
   * identity.
   */
  Future<Incoming> begin(byte[] trace) {
    return store(Buffer.buffer(trace)).map(this);
  }

  @Override
  public Future<Void> write(Buffer bytes) {
    byte[] raw = bytes.getBytes();
    identity.update(raw);
    tally.update(raw);
    try {
      return store(cleaner == null ? bytes : cleaner.onData(bytes));
    } catch (RuntimeException refused) {
      return Future.failedFuture(refused);
    }
  }

  private Future<Void> store(Buffer bytes) {
    if (inMemory != null) {
      inMemory =
          inMemory.length() + bytes.length() <= IN_MEMORY_MAX ? inMemory.appendBuffer(bytes) : null;
    }
    return bytes.length() == 0 ? Future.succeededFuture() : writer.write(bytes);
  }

  @Override
  public Future<String> finish() {
    if (tally.received() > workshop.maxHops()) {
      writer.abort();
      // RFC 5321 §6.3, RFC 3463 X.4.6.
      return Future.failedFuture(
          Refused.of(554, 4, 6, "The mail came through too many servers: it goes in circles"));
    }
    hash = identity.finish(sender, tally.messageId());
    repeat = tally.messageId() == null ? workshop.seenReplies().count(hash) : 0;
    MessageId id = MailIdentity.id(hash, repeat, tally.dateMillis(), workshop.nowMillis());
    return store(cleaner == null ? Buffer.buffer() : cleaner.onEnd())
        .compose(whole -> keep(id))
        .onFailure(cause -> writer.abort())
        .map(name);
  }

  /** A small mail is read while its bytes become durable; nothing names them before. */
  private Future<Void> keep(MessageId id) {
    Buffer small = inMemory;
    Future<BlobKey> stored = writer.commit(references);
    @Nullable Future<Message> early =
        small == null ? null : read(Raw.of(writer.key(), small.getBytes()));
    return stored.compose(
        raw ->
            (early == null ? read(Raw.of(raw, workshop.blobs())) : early)
                .onFailure(cause -> workshop.release(raw, references))
                .compose(message -> settlement.settle(id, raw, message)));
  }

  private Future<Message> read(Raw raw) {
    ReversePath path = session.envelope().reversePath();
    String reversePath = path.mailbox() == null ? "" : path.mailbox().toString();
    return workshop.mails().read(raw, reversePath);
  }

  @Override
  public void onReplySeen() {
    if (tally.messageId() == null) {
      workshop.seenReplies().onSeen(Arrays.copyOf(hash, hash.length), repeat);
    }
  }

  @Override
  public void abandon() {
    writer.abort();
  }
}
