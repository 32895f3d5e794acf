package io.mainstem.ops;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.blob.BlobStream;
import io.mainstem.blob.BlobWriter;
import io.mainstem.directory.Account;
import io.mainstem.directory.Accounts;
import io.mainstem.directory.Address;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.BlobKey;
import io.mainstem.message.FolderId;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.mime.ApartFields;
import io.mainstem.mime.Mails;
import io.mainstem.mime.Raw;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes archived mail into a mailbox, in the admin API: a stream of messages in one request, stored
 * side by side and appended in their order. The same message again adds nothing.
 *
 * <pre>
 * POST /admin/users/NAME/import   application/octet-stream
 *
 *   body:    message*
 *   message: length (4) of a JSON head, the head, then pieces: length (4), bytes; a piece of length 0 ends the message
 *   head:    {received: ms since 1970, zone: minutes, flags: [IMAP flags], folder?: id}
 *            without a folder, what the owner wrote goes to Sent and the rest to Inbox
 *
 * → {messages: [{created: true|false} or {error, rule}]}   one for each message, in their order
 * </pre>
 */
public final class ImportRoutes {
  private static final Logger log = LoggerFactory.getLogger(ImportRoutes.class);
  private static final int MAX_PIECE_BYTES = 1 << 20;
  private static final int MAX_HEAD_BYTES = 16 << 10;
  private static final int MAX_MESSAGES = 1_000;
  private static final int IN_MEMORY_BYTES = 64 << 10;

  /**
   * Messages of one request that are not settled yet; while there are as many, no more is read. So
   * an import is one among the mailbox's clients, however fast it sends; and who comes to a loop
   * that an import keeps busy waits behind no more than these.
   */
  static final int MAX_UNSETTLED = 16;

  private final Accounts accounts;
  private final MailboxService mailboxes;
  private final BlobStore blobs;
  private final Mails mails;
  private final long maxMailBytes;

  public ImportRoutes(
      Accounts accounts,
      MailboxService mailboxes,
      BlobStore blobs,
      Mails mails,
      long maxMailBytes) {
    this.accounts = accounts;
    this.mailboxes = mailboxes;
    this.blobs = blobs;
    this.mails = mails;
    this.maxMailBytes = maxMailBytes;
  }

  /** Mounts where a body arrives as a stream. */
  public void mount(Router router) {
    router.post("/admin/users/:name/import").handler(this::take);
  }

  private void take(RoutingContext request) {
    request.request().pause();
    accounts
        .find(request.pathParam("name"))
        .onFailure(request::fail)
        .onSuccess(
            account -> {
              if (account == null) {
                request.fail(
                    new Rejected(Rule.NOT_FOUND, "There is no user with this name or address."));
              } else {
                new Import(request, account).start();
              }
            });
  }

  /** One request. Confined to its context. */
  private final class Import {
    private final RoutingContext request;
    private final Account account;
    private final RecordParser parser;
    private final List<Future<JsonObject>> results = new ArrayList<>();
    private int unsettled;
    private Future<Void> handedOn = Future.succeededFuture();
    private Future<Void> writing = Future.succeededFuture();
    private State state = State.HEAD_LENGTH;
    private @Nullable Incoming incoming;

    private enum State {
      HEAD_LENGTH,
      HEAD,
      PIECE_LENGTH,
      PIECE
    }

    Import(RoutingContext request, Account account) {
      this.request = request;
      this.account = account;
      this.parser = RecordParser.newFixed(4, request.request());
    }

    void start() {
      parser.exceptionHandler(this::onBroken);
      parser.endHandler(end -> onEnd());
      parser.handler(this::onRecord);
      parser.resume();
    }

    private void onRecord(Buffer record) {
      switch (state) {
        case HEAD_LENGTH -> expect(record.getInt(0), MAX_HEAD_BYTES, State.HEAD);
        case HEAD -> {
          JsonObject head = parse(record);
          if (head == null || results.size() >= MAX_MESSAGES) {
            refuse(
                "a message's head is a JSON object, and a request has at most "
                    + MAX_MESSAGES
                    + " messages");
            return;
          }
          expectLength(State.PIECE_LENGTH);
          begin(head);
        }
        case PIECE_LENGTH -> {
          int length = record.getInt(0);
          if (length == 0) {
            expectLength(State.HEAD_LENGTH);
            end();
          } else {
            expect(length, MAX_PIECE_BYTES, State.PIECE);
          }
        }
        case PIECE -> {
          expectLength(State.PIECE_LENGTH);
          if (incoming != null) {
            holdUntil(incoming.write(record));
          }
        }
      }
    }

    private void expect(int length, int max, State next) {
      if (length <= 0 || length > max) {
        refuse("a length is not between 1 and " + max);
        return;
      }
      state = next;
      parser.fixedSizeMode(length);
    }

    private void expectLength(State next) {
      state = next;
      parser.fixedSizeMode(4);
    }

    private void begin(JsonObject head) {
      Incoming next = new Incoming(head);
      incoming = next;
      holdUntil(
          blobs
              .create()
              .onSuccess(writer -> next.writer = writer)
              .onFailure(next::fail)
              .mapEmpty());
    }

    private void end() {
      Incoming ended = incoming;
      incoming = null;
      if (ended == null) {
        return;
      }
      Future<Stored> stored = ended.finish(account);
      // The next message is handed to the mailbox after this one was, not after it is durable: so
      // they stay in order and share syncs.
      Future<Future<JsonObject>> appended =
          handedOn.transform(
              before ->
                  stored.transform(
                      done ->
                          Future.succeededFuture(
                              append(done.succeeded() ? done.result() : null, done.cause()))));
      handedOn = appended.mapEmpty();
      Future<JsonObject> result = appended.compose(settled -> settled);
      results.add(result);
      unsettled++;
      if (unsettled >= MAX_UNSETTLED) {
        parser.pause();
      }
      result.onComplete(settled -> onSettled());
    }

    private void onSettled() {
      unsettled--;
      if (unsettled == MAX_UNSETTLED - 1) {
        resume();
      }
    }

    /** Reads on, unless something else is to be waited for. */
    private void resume() {
      if (unsettled < MAX_UNSETTLED && writing.isComplete()) {
        parser.resume();
      }
    }

    private Future<JsonObject> append(@Nullable Stored stored, @Nullable Throwable failure) {
      if (stored == null) {
        return Future.succeededFuture(failed(failure));
      }
      return mailboxes
          .submit(account.id(), stored.append())
          .compose(
              reply ->
                  reply.alike()
                      ? compare(account, stored.append(), reply)
                          .compose(known -> mailboxes.submit(account.id(), known))
                      : Future.succeededFuture(reply))
          .onSuccess(
              reply -> {
                if (!reply.created()) {
                  discard(stored.raw());
                }
              })
          .onFailure(
              cause -> {
                if (cause instanceof Rejected refused
                    && refused.rule() != Rule.STORE_FAILED
                    && refused.rule() != Rule.STORE_FULL) {
                  discard(
                      stored
                          .raw()); // otherwise its entry may yet become durable, and names the blob
                }
              })
          .map(reply -> new JsonObject().put("created", reply.created()))
          .otherwise(ImportRoutes::failed);
    }

    private void holdUntil(Future<Void> done) {
      if (!done.isComplete()) {
        writing = done;
        parser.pause();
        done.onComplete(any -> resume());
      }
    }

    private void onEnd() {
      if (state != State.HEAD_LENGTH) {
        refuse("the request ends within a message");
        return;
      }
      Future.join(results)
          .onComplete(
              all -> {
                JsonArray answers = new JsonArray();
                results.forEach(
                    result ->
                        answers.add(result.succeeded() ? result.result() : failed(result.cause())));
                AdminServer.answer(request, 200, new JsonObject().put("messages", answers));
              });
    }

    private void onBroken(Throwable cause) {
      abort();
    }

    private void refuse(String why) {
      abort();
      parser.handler(null);
      request.fail(new Rejected(Rule.INVALID, why));
    }

    private void abort() {
      if (incoming != null && incoming.writer != null) {
        incoming.writer.abort();
        incoming = null;
      }
    }
  }

  /** A message whose bytes are durable, and what is to be done with it. */
  private record Stored(BlobKey raw, Command.Append append) {}

  /** A message whose bytes are arriving. */
  private final class Incoming {
    private final JsonObject head;
    private final MessageDigest digest = sha256();
    private @Nullable Buffer inMemory = Buffer.buffer();
    @Nullable BlobWriter writer;
    private @Nullable Throwable failure;
    private long sizeBytes;

    Incoming(JsonObject head) {
      this.head = head;
    }

    void fail(Throwable cause) {
      if (failure == null) {
        failure = cause;
      }
    }

    /** Never fails: what is wrong is told at the end, and the rest of the message is skipped. */
    Future<Void> write(Buffer piece) {
      BlobWriter to = writer;
      if (failure != null || to == null) {
        return Future.succeededFuture();
      }
      sizeBytes += piece.length();
      if (sizeBytes > maxMailBytes) {
        fail(new Rejected(Rule.TOO_LARGE, "it is larger than " + maxMailBytes + " bytes"));
        return Future.succeededFuture();
      }
      digest.update(piece.getBytes());
      if (inMemory != null) {
        inMemory = sizeBytes <= IN_MEMORY_BYTES ? inMemory.appendBuffer(piece) : null;
      }
      return to.write(piece).onFailure(this::fail).otherwiseEmpty();
    }

    Future<Stored> finish(Account account) {
      BlobWriter to = writer;
      if (failure != null || to == null) {
        if (to != null) {
          to.abort();
        }
        return Future.failedFuture(
            failure == null ? new Rejected(Rule.BUSY, "the blob store is busy") : failure);
      }
      Buffer small = inMemory;
      Future<BlobKey> kept =
          to.commit(List.of(new BlobReference(account.id(), account.generation())));
      // A small message is read while its bytes become durable; nothing names them before.
      @Nullable Future<Message> early =
          small == null ? null : mails.read(Raw.of(to.key(), small.getBytes()), null);
      return kept.compose(
          raw ->
              (early == null ? mails.read(Raw.of(raw, blobs), null) : early)
                  .map(message -> new Stored(raw, command(account, message)))
                  .onFailure(cause -> discard(raw)));
    }

    private Command.Append command(Account account, Message message) {
      byte[] hash = digest.digest();
      Message own = withOwner(account, message);
      long received = head.getLong("received", 0L);
      boolean sent = account.id().equals(own.from().user());
      String named = head.getString("folder");
      FolderId folder = named != null ? new FolderId(named) : sent ? FolderId.SENT : FolderId.INBOX;
      Set<String> flags = new TreeSet<>();
      head.getJsonArray("flags", new JsonArray()).forEach(flag -> flags.add(String.valueOf(flag)));
      if (sent && named == null) {
        flags.add("\\Seen");
      }
      ByteBuffer chance = ByteBuffer.wrap(hash);
      MessageId id = MessageId.of(Math.max(0, received), chance.getLong(), chance.getLong());
      return Command.Append.of(
          id,
          folder,
          own,
          flags,
          received,
          head.getInteger("zone", 0),
          HexFormat.of().formatHex(hash));
    }
  }

  /**
   * The owner is known by his addresses: it is his archive, so what bears his address is his.
   * Nobody else's is believed.
   */
  private static Message withOwner(Account account, Message m) {
    return m.withPeople(
        owner(account, m.from()),
        m.to().stream().map(person -> owner(account, person)).toList(),
        m.cc().stream().map(person -> owner(account, person)).toList());
  }

  private static Person owner(Account account, Person person) {
    Address address = Address.parse(person.address());
    return address != null && account.owns(address)
        ? new Person(person.address(), person.name(), account.id())
        : person;
  }

  /** Whether a message that came by another way has the same bytes. */
  private Future<Command.Append> compare(
      Account account, Command.Append append, Reply.Appended like) {
    return mailboxes
        .query(account.id(), new Query.Bodies(like.folder(), like.uid(), like.uid()))
        .compose(
            page -> {
              var body = page.bodies().isEmpty() ? null : page.bodies().get(0);
              // What was written here did not come as bytes: it is another message.
              return body == null || body.raw() == null
                  ? Future.succeededFuture("")
                  : hash(body.apart(), blobs.get(body.raw()));
            })
        .map(hash -> append.with(new Command.Alike(like.id(), hash.equals(append.contentHash()))));
  }

  private static Future<String> hash(@Nullable String apart, BlobStream bytes) {
    MessageDigest digest = sha256();
    digest.update(ApartFields.bytes(apart));
    Promise<String> done = Promise.promise();
    bytes.exceptionHandler(done::tryFail);
    bytes.endHandler(end -> done.tryComplete(HexFormat.of().formatHex(digest.digest())));
    bytes.handler(piece -> digest.update(piece.getBytes()));
    bytes.resume();
    return done.future();
  }

  private void discard(BlobKey raw) {
    blobs
        .erase(raw)
        .onFailure(
            cause ->
                log.warn(
                    "The blob of a message that was not imported stays until it is swept", cause));
  }

  private static @Nullable JsonObject parse(Buffer head) {
    try {
      return new JsonObject(head);
    } catch (DecodeException malformed) {
      return null;
    }
  }

  private static JsonObject failed(@Nullable Throwable cause) {
    if (cause instanceof Rejected refused) {
      return new JsonObject().put("error", refused.getMessage()).put("rule", refused.rule().name());
    }
    if (cause instanceof IllegalArgumentException || cause instanceof ClassCastException) {
      return new JsonObject()
          .put("error", "its head is not as it should be")
          .put("rule", Rule.INVALID.name());
    }
    log.error("A message could not be imported", cause);
    return new JsonObject().put("error", "the server failed").put("rule", Rule.STORE_FAILED.name());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
