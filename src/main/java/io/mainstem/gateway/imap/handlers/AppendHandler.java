package io.mainstem.gateway.imap.handlers;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobWriter;
import io.mainstem.directory.Account;
import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.FolderView;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.mime.Raw;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * APPEND (RFC 9051 §6.3.12, RFC 4315, RFC 7889): the message goes to the blob store as it comes,
 * and into the folder when it is durable.
 */
public final class AppendHandler {
  private static final Logger LOG = LoggerFactory.getLogger(AppendHandler.class);

  /** A message up to this size is parsed from memory; a longer one is read again from its blob. */
  private static final int IN_MEMORY_BYTES = 64 << 10;

  private final ImapParts parts;
  private final FolderNames names;

  AppendHandler(ImapParts parts, FolderNames names) {
    this.parts = parts;
    this.names = names;
  }

  /** Whether the message may come: fails with what the client is told, before it is read. */
  public Future<Arriving> begin(Session session, ImapCommand.Append command, long sizeBytes) {
    Login login =
        switch (session) {
          case Session.Fresh f -> null;
          case Session.Authenticated a -> a.login();
          case Session.Selected s -> s.login();
        };
    if (login == null) {
      return Future.failedFuture(Refused.bad("Log in first"));
    }
    long max = parts.config().limits().maxMessageBytes();
    if (sizeBytes > max) {
      return Future.failedFuture(Refused.no("TOOBIG", "A message has at most " + max + " bytes"));
    }
    Set<String> flags;
    try {
      flags = StoreHandler.known(command.flags());
    } catch (Refused refused) {
      return Future.failedFuture(refused);
    }
    return names
        .find(login, command.mailbox(), "TRYCREATE")
        .compose(
            folder -> {
              FolderNames.requireWritable(folder.id());
              return parts
                  .accounts()
                  .apply(login.user())
                  .compose(
                      account ->
                          account == null || account.disabled()
                              ? Future.failedFuture(
                                  Refused.no("AUTHORIZATIONFAILED", "The account is disabled"))
                              : parts
                                  .blobs()
                                  .create()
                                  .map(
                                      writer ->
                                          new Arriving(
                                              session,
                                              account,
                                              folder,
                                              flags,
                                              command.received(),
                                              writer)));
            });
  }

  /** A message whose bytes are coming. Confined to its connection. */
  public final class Arriving {
    private final Session session;
    private final Account account;
    private final FolderView folder;
    private final Set<String> flags;
    private final @Nullable OffsetDateTime received;
    private final BlobWriter writer;
    private @Nullable Buffer small = Buffer.buffer();
    private boolean ended;

    private Arriving(
        Session session,
        Account account,
        FolderView folder,
        Set<String> flags,
        @Nullable OffsetDateTime received,
        BlobWriter writer) {
      this.session = session;
      this.account = account;
      this.folder = folder;
      this.flags = flags;
      this.received = received;
      this.writer = writer;
    }

    /** Completes when more may come. */
    public Future<Void> write(byte[] bytes) {
      Buffer piece = Buffer.buffer(bytes);
      if (small != null) {
        small = small.length() + bytes.length <= IN_MEMORY_BYTES ? small.appendBuffer(piece) : null;
      }
      return writer.write(piece);
    }

    /** The client went away, or something else came behind the message. */
    public void abandon() {
      if (!ended) {
        ended = true;
        writer.abort();
      }
    }

    /** All of it has come. */
    public Future<Outcome> end() {
      if (writer.sizeBytes() == 0) {
        abandon();
        return Future.failedFuture(Refused.no("CANNOT", "A message has at least one byte"));
      }
      ended = true;
      Buffer inMemory = small;
      return writer
          .commit(List.of(new BlobReference(account.id(), account.generation())))
          .compose(
              raw ->
                  parts
                      .mails()
                      .read(
                          inMemory == null
                              ? Raw.of(raw, parts.blobs())
                              : Raw.of(raw, inMemory.getBytes()),
                          null)
                      .compose(message -> append(message))
                      .onFailure(
                          cause -> {
                            // Otherwise the entry may yet become durable, and names the blob.
                            if (!(cause instanceof Rejected r) || r.rule() != Rule.STORE_FAILED) {
                              discard(raw);
                            }
                          }));
    }

    private Future<Outcome> append(Message message) {
      long now = parts.nowMillis().getAsLong();
      long at = received == null ? now : Math.min(now, received.toInstant().toEpochMilli());
      int zone = received == null ? 0 : received.getOffset().getTotalSeconds() / 60;
      var random = ThreadLocalRandom.current();
      var id = MessageId.of(now, random.nextLong(), random.nextLong());
      return new Addressees(parts.holders(), account)
          .of(message)
          .compose(
              addressed ->
                  parts
                      .mailboxes()
                      .submit(
                          account.id(),
                          new Command.Append(
                              id, folder.id(), addressed, flags, Math.max(0, at), zone, null)))
          .map(
              reply ->
                  Outcome.of(
                      session,
                      Status.ok(
                          "APPENDUID " + reply.uidValidity() + " " + reply.uid(),
                          "APPEND is done")));
    }

    private void discard(BlobKey raw) {
      parts
          .blobs()
          .erase(raw)
          .onFailure(
              cause ->
                  LOG.warn(
                      "The blob of a message that was not appended waits for the sweep", cause));
    }
  }
}
