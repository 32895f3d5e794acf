package io.mainstem.gateway.http.handlers;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.directory.Account;
import io.mainstem.gateway.http.protocol.SendRequest;
import io.mainstem.gateway.http.protocol.SendRequest.AttachmentRef;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.Attachment;
import io.mainstem.message.BlobKey;
import io.mainstem.message.BlobRange;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Part;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what a client wrote, by HTTP or over the stream: finds the recipients, makes the content
 * durable where it does not fit the log, and submits. Everything that the message names exists
 * before the command is submitted.
 */
public record Sending(
    MailboxService mailboxes,
    Recipients recipients,
    BlobStore blobs,
    UploadIds uploads,
    int maxTextBytes) {
  private static final Logger log = LoggerFactory.getLogger(Sending.class);

  /** The same, over the mailboxes as one request asks them. */
  public Sending over(MailboxService asked) {
    return new Sending(asked, recipients, blobs, uploads, maxTextBytes);
  }

  /** The command. Complete at once for a short answer in a thread. */
  public Future<Command.Send> prepare(Account sender, SendRequest request) {
    var bytes =
        request.text().length() > Message.TEXT_INLINE_BYTES / 3
            ? request.text().getBytes(StandardCharsets.UTF_8)
            : null;
    if (bytes != null && bytes.length > maxTextBytes) {
      return Future.failedFuture(
          new Rejected(Rejected.Rule.TOO_LARGE, "A text has at most " + maxTextBytes + " bytes."));
    }
    List<Attachment> attachments;
    try {
      attachments = attachments(sender, request.attachments());
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
    var to =
        request.thread() != null
            ? Future.succeededFuture(List.<Person>of())
            : recipients.resolve(request.to());
    var refersNothing =
        attachments.isEmpty() && (bytes == null || bytes.length <= Message.TEXT_INLINE_BYTES);
    if (refersNothing) {
      return to.map(people -> command(sender, request, people, null, attachments));
    }
    return to.compose(
        people ->
            refer(sender, people, attachments)
                .compose(done -> longText(sender, people, bytes))
                .map(text -> command(sender, request, people, text, attachments)));
  }

  /** Gives a chat another text. What was stored for it is let go when the mailbox refuses it. */
  Future<Reply.Done> edit(Account sender, MessageId id, int number, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > maxTextBytes) {
      return Future.failedFuture(
          new Rejected(Rejected.Rule.TOO_LARGE, "A text has at most " + maxTextBytes + " bytes."));
    }
    return longText(sender, List.of(), bytes)
        .compose(
            whole ->
                mailboxes
                    .submit(
                        sender.id(),
                        whole == null
                            ? new Command.Edit(id, number, text, null, text.length())
                            : new Command.Edit(
                                id, number, beginning(text), whole, whole.range().sizeBytes()))
                    .onFailure(
                        cause -> {
                          if (whole != null && isRefused(cause)) {
                            forget(sender, whole);
                          }
                        }));
  }

  /** Whether it is sure that the log does not name it. */
  private static boolean isRefused(Throwable cause) {
    return cause instanceof Rejected refused
        && switch (refused.rule()) {
          case CONFLICT, NOT_FOUND, INVALID, TOO_LARGE, OVER_QUOTA, RATE_LIMITED, NOT_PERMITTED ->
              true;
          case UNKNOWN_RECIPIENT, NOT_UNDOABLE, RESET, BUSY, STORE_FULL, STORE_FAILED -> false;
        };
  }

  private void forget(Account sender, Part part) {
    var reference = new BlobReference(sender.id(), sender.generation());
    blobs
        .release(part.range().blob(), reference)
        .onFailure(cause -> log.warn("A text that no message names stays", cause));
  }

  public Future<Reply.Sent> submit(Account sender, Command.Send command) {
    return mailboxes.submit(sender.id(), command);
  }

  private Command.Send command(
      Account sender,
      SendRequest request,
      List<Person> people,
      @Nullable Part longText,
      List<Attachment> attachments) {
    var text = request.text();
    var message =
        new Message(
            request.channel(),
            sender.person(),
            people,
            List.of(),
            request.subject(),
            longText == null ? text : beginning(text),
            longText,
            null,
            attachments,
            null,
            longText == null ? text.length() : longText.range().sizeBytes(),
            headers(sender, request));
    return Command.Send.of(request.id(), request.thread(), message, people, request.group());
  }

  /**
   * A mail has a Message-ID, so that an answer from any mail program finds its thread (RFC 5322
   * §3.6.4).
   */
  private static Headers headers(Account sender, SendRequest request) {
    if (request.channel() != Channel.MAIL) {
      return Headers.NONE;
    }
    var domain = sender.address().substring(sender.address().lastIndexOf('@') + 1);
    var id = request.id().value().toLowerCase(Locale.ROOT) + "@" + domain;
    return Headers.of(id, null, List.of(), request.id().millis());
  }

  /** The files that a request names. */
  List<Attachment> attachments(Account sender, @Nullable JsonArray array) {
    return attachments(sender, SendRequest.attachments(array));
  }

  /** The sender's log names these files from now on. */
  Future<Void> refer(Account sender, List<Attachment> attachments) {
    return refer(sender, List.of(), attachments);
  }

  private List<Attachment> attachments(Account sender, List<AttachmentRef> refs) {
    if (refs.isEmpty()) {
      return List.of();
    }
    var out = new ArrayList<Attachment>(refs.size());
    for (var ref : refs) {
      var upload = uploads.read(sender.id(), ref.id());
      var part =
          new Part(
              new BlobRange(upload.key(), 0, upload.sizeBytes()), upload.type(), "binary", null);
      out.add(
          new Attachment(
              Integer.toString(out.size() + 1), ref.name(), upload.sizeBytes(), part, null, false));
    }
    return out;
  }

  private Future<Void> refer(Account sender, List<Person> people, List<Attachment> attachments) {
    Future<Void> all = Future.succeededFuture();
    for (var attachment : attachments) {
      var key = attachment.part().range().blob();
      all = all.compose(done -> referAll(key, sender, people));
    }
    return all;
  }

  /** The sender's log names the blob from now on, and each recipient's will. */
  private Future<Void> referAll(BlobKey key, Account sender, List<Person> people) {
    return references(sender, people).compose(references -> blobs.refer(key, references));
  }

  private Future<List<BlobReference>> references(Account sender, List<Person> people) {
    Future<List<BlobReference>> all = Future.succeededFuture(new ArrayList<>());
    all = all.map(list -> with(list, sender));
    for (var person : people) {
      if (person.user() != null && !person.user().equals(sender.id())) {
        var user = person.user();
        all =
            all.compose(
                list ->
                    recipients
                        .accounts()
                        .byId(user)
                        .map(account -> account == null ? list : with(list, account)));
      }
    }
    return all;
  }

  private static List<BlobReference> with(List<BlobReference> list, Account account) {
    list.add(new BlobReference(account.id(), account.generation()));
    return list;
  }

  private Future<@Nullable Part> longText(
      Account sender, List<Person> people, byte @Nullable [] bytes) {
    if (bytes == null || bytes.length <= Message.TEXT_INLINE_BYTES) {
      return Future.succeededFuture();
    }
    return references(sender, people)
        .compose(
            references ->
                blobs
                    .create()
                    .compose(
                        writer ->
                            writer
                                .write(Buffer.buffer(bytes))
                                .compose(done -> writer.commit(references))
                                .onFailure(cause -> writer.abort())))
        .map(key -> new Part(new BlobRange(key, 0, bytes.length), "text/plain", "8bit", "utf-8"));
  }

  /** As much of the text as the log holds, cut between characters. */
  private static String beginning(String text) {
    int bytes = 0;
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      if (bytes > Message.TEXT_INLINE_BYTES) {
        break;
      }
      i += Character.charCount(c);
    }
    return text.substring(0, i);
  }
}
