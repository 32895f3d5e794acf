package io.mainstem.gateway.imap.handlers;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobWriter;
import io.mainstem.directory.Account;
import io.mainstem.gateway.imap.protocol.ImapCommand;
import io.mainstem.gateway.imap.protocol.SequenceSet;
import io.mainstem.gateway.imap.rendering.ImapText;
import io.mainstem.gateway.imap.session.ImapParts;
import io.mainstem.gateway.imap.session.Login;
import io.mainstem.gateway.imap.session.Outcome;
import io.mainstem.gateway.imap.session.Output;
import io.mainstem.gateway.imap.session.Refused;
import io.mainstem.gateway.imap.session.Session;
import io.mainstem.gateway.imap.session.Status;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.BlobKey;
import io.mainstem.message.FolderId;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.mime.Raw;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * APPEND (RFC 9051 §6.3.12, RFC 3502, RFC 4315, RFC 7889) and REPLACE (RFC 8508): a message goes to
 * the blob store as it comes, and into the folder when it is durable. Of several in one command
 * each waits where nobody sees it, and then all come into the folder by one entry of the log.
 */
public final class AppendHandler {
  private static final Logger LOG = LoggerFactory.getLogger(AppendHandler.class);

  /** A message up to this size is parsed from memory; a longer one is read again from its blob. */
  private static final int IN_MEMORY_BYTES = 64 << 10;

  private final ImapParts parts;
  private final FolderNames names;
  private final SentCopies sent;

  AppendHandler(ImapParts parts, FolderNames names) {
    this.parts = parts;
    this.names = names;
    this.sent = new SentCopies(parts);
  }

  /** Whether the message may come: fails with what the client is told, before it is read. */
  public Future<Arriving> begin(Session session, ImapCommand command, long sizeBytes) {
    try {
      return switch (command) {
        case ImapCommand.Append append -> begin(session, append, null, sizeBytes);
        case ImapCommand.Replace replace ->
            begin(session, replace.append(), replaced(session, replace), sizeBytes);
        default -> throw new IllegalStateException("no message comes with this command");
      };
    } catch (Refused refused) {
      return Future.failedFuture(refused);
    }
  }

  private Future<Arriving> begin(
      Session session,
      ImapCommand.Append command,
      Command.@Nullable Replaced replaces,
      long sizeBytes) {
    Login login =
        switch (session) {
          case Session.Fresh f -> throw Refused.bad("Log in first");
          case Session.Authenticated a -> a.login();
          case Session.Selected s -> s.login();
        };
    Set<String> flags = checked(command, sizeBytes);
    return names
        .id(login, command.mailbox(), "TRYCREATE")
        .compose(
            folder -> {
              FolderNames.requireWritable(folder);
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
                                              login,
                                              account,
                                              folder,
                                              replaces,
                                              flags,
                                              command.received(),
                                              writer)));
            });
  }

  /** The flags of a message that may come. */
  private Set<String> checked(ImapCommand.Append command, long sizeBytes) {
    long max = parts.config().limits().maxMessageBytes();
    if (sizeBytes > max) {
      throw Refused.no("TOOBIG", "A message has at most " + max + " bytes");
    }
    return StoreHandler.known(command.flags());
  }

  /** RFC 8508 §3.2. */
  private static Command.Replaced replaced(Session session, ImapCommand.Replace command) {
    if (!(session instanceof Session.Selected selected)) {
      throw Refused.bad("Select a mailbox first");
    }
    var folder = selected.folder();
    if (folder.isReadOnly()) {
      throw Refused.no("READ-ONLY", "The mailbox was opened to read");
    }
    var found = folder.resolve(SequenceSet.of(command.number()), command.uid());
    if (found.isEmpty()) {
      throw Refused.no("CANNOT", "There is no message with this UID");
    }
    return new Command.Replaced(folder.id(), found.get(0).from());
  }

  /** The messages of one command, whose bytes are coming. Confined to its connection. */
  public final class Arriving {
    private final Session session;
    private final Login login;
    private final Account account;
    private final FolderId folder;
    private final Command.@Nullable Replaced replaces;
    private final List<Command.Waiting> waiting = new ArrayList<>(0);
    private Set<String> flags;
    private @Nullable OffsetDateTime received;
    private BlobWriter writer;
    private @Nullable Buffer small = Buffer.buffer();

    /** Nothing more is written by {@link #writer}. */
    private boolean written;

    private boolean abandoned;

    private Arriving(
        Session session,
        Login login,
        Account account,
        FolderId folder,
        Command.@Nullable Replaced replaces,
        Set<String> flags,
        @Nullable OffsetDateTime received,
        BlobWriter writer) {
      this.session = session;
      this.login = login;
      this.account = account;
      this.folder = folder;
      this.replaces = replaces;
      this.flags = flags;
      this.received = received;
      this.writer = writer;
    }

    /** Completes when more may come. */
    public Future<Void> write(byte[] bytes) {
      Buffer before = small;
      if (before != null) {
        small =
            before.length() + bytes.length <= IN_MEMORY_BYTES ? before.appendBytes(bytes) : null;
      }
      return writer.write(Buffer.buffer(bytes));
    }

    /**
     * The client went away, or something else came behind the message. What waits is erased after a
     * while, having been seen by nobody.
     */
    public void abandon() {
      abandoned = true;
      if (!written) {
        written = true;
        writer.abort();
      }
    }

    /**
     * All of this message has come, and another follows in the same command (RFC 3502); fails as
     * {@link #begin}, and then none is kept.
     */
    public Future<Void> next(ImapCommand command, long sizeBytes) {
      int most = parts.config().limits().maxMessagesTogether();
      Set<String> nextFlags;
      OffsetDateTime nextReceived;
      try {
        if (!(command instanceof ImapCommand.Append append) || replaces != null) {
          throw Refused.bad("REPLACE takes one message");
        }
        if (waiting.size() + 2 > most) {
          throw Refused.no("LIMIT", "APPEND takes at most " + most + " messages");
        }
        nextFlags = checked(append, sizeBytes);
        nextReceived = append.received();
      } catch (Refused refused) {
        abandon();
        return Future.failedFuture(refused);
      }
      return keep(true)
          .compose(kept -> parts.blobs().create())
          .map(
              next -> {
                if (abandoned) {
                  next.abort();
                  throw Refused.no("UNAVAILABLE", "The client is gone");
                }
                flags = nextFlags;
                received = nextReceived;
                writer = next;
                small = Buffer.buffer();
                written = false;
                return null;
              });
    }

    /** All of it has come. */
    public Future<Outcome> end(Output out) {
      if (waiting.isEmpty()) {
        return keep(false)
            .map(
                reply -> {
                  String code = "APPENDUID " + reply.uidValidity() + " " + reply.uid();
                  if (replaces == null) {
                    return Outcome.of(session, Status.ok(code, "APPEND is done"));
                  }
                  // RFC 8508 §3.3: before the EXPUNGE, which comes with the session's next news.
                  out.untagged("OK [" + code + "] The new message is there");
                  return Handlers.done(session, "REPLACE is done");
                });
      }
      return keep(true)
          .compose(last -> parts.submit(login, new Command.Admit(folder, waiting)))
          .map(
              reply ->
                  Outcome.of(
                      session,
                      Status.ok(
                          "APPENDUID "
                              + reply.uidValidity()
                              + " "
                              + ImapText.set(reply.to().stream().mapToInt(uid -> uid)),
                          "APPEND is done")));
    }

    /** Makes the message durable: in its folder, or where it waits. */
    private Future<Reply.Appended> keep(boolean waits) {
      if (writer.sizeBytes() == 0) {
        abandon();
        return Future.failedFuture(Refused.no("CANNOT", "A message has at least one byte"));
      }
      written = true;
      Buffer inMemory = small;
      Set<String> its = flags;
      Future<BlobKey> stored =
          writer.commit(List.of(new BlobReference(account.id(), account.generation())));
      // A small message is read while its bytes become durable; nothing names them before.
      @Nullable Future<Message> early =
          inMemory == null
              ? null
              : parts.mails().read(Raw.of(writer.key(), inMemory.getBytes()), null);
      return stored
          .compose(
              raw ->
                  (early == null ? parts.mails().read(bytes(raw, null), null) : early)
                      .compose(message -> append(message, bytes(raw, inMemory), its, waits))
                      .onFailure(
                          cause -> {
                            // Otherwise the entry may yet become durable, and names the blob.
                            if (!(cause instanceof Rejected r) || r.rule() != Rule.STORE_FAILED) {
                              discard(raw);
                            }
                          }))
          .onSuccess(
              reply -> {
                if (waits) {
                  waiting.add(new Command.Waiting(reply.id(), its, reply.uid()));
                }
              });
    }

    private Raw bytes(BlobKey raw, @Nullable Buffer inMemory) {
      return inMemory == null ? Raw.of(raw, parts.blobs()) : Raw.of(raw, inMemory.getBytes());
    }

    private Future<Reply.Appended> append(
        Message message, Raw raw, Set<String> its, boolean waits) {
      long now = parts.nowMillis().getAsLong();
      long at = received == null ? now : Math.min(now, received.toInstant().toEpochMilli());
      int zone = received == null ? 0 : received.getOffset().getTotalSeconds() / 60;
      var random = ThreadLocalRandom.current();
      var id = MessageId.of(now, random.nextLong(), random.nextLong());
      return new Addressees(parts.holders(), account)
          .of(message)
          .map(
              addressed ->
                  new Command.Append(
                      id,
                      folder,
                      addressed,
                      waits ? Set.of() : its,
                      Math.max(0, at),
                      zone,
                      null,
                      replaces,
                      waits,
                      null))
          .compose(
              command ->
                  parts
                      .submit(login, command)
                      .compose(
                          reply ->
                              reply.alike()
                                  ? sent.holds(login, reply, raw)
                                      .compose(
                                          same ->
                                              parts.submit(
                                                  login,
                                                  command.with(
                                                      new Command.Alike(reply.id(), same))))
                                  : Future.succeededFuture(reply)))
          .onSuccess(
              reply -> {
                if (!reply.id().equals(id)) {
                  discard(raw.key());
                }
              });
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
