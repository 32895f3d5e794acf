package io.mainstem.gateway.smtp.intake;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobWriter;
import io.mainstem.directory.Account;
import io.mainstem.directory.Address;
import io.mainstem.directory.Directory;
import io.mainstem.gateway.smtp.protocol.ForwardPath;
import io.mainstem.gateway.smtp.protocol.ReversePath;
import io.mainstem.gateway.smtp.rendering.TraceFields;
import io.mainstem.gateway.smtp.session.Incoming;
import io.mainstem.gateway.smtp.session.Intake;
import io.mainstem.gateway.smtp.session.Login;
import io.mainstem.gateway.smtp.session.Peer;
import io.mainstem.gateway.smtp.session.Recipient;
import io.mainstem.gateway.smtp.session.Refused;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.mailbox.Command;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.mime.MimeLimits;
import io.mainstem.mime.SubmissionCleaner;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Mail of our users, through the mailbox of the user who sends it (RFC 6409): so it stands in Sent
 * and in its thread on every device, and the sender's log is its outbox.
 */
public final class SubmissionIntake implements Intake {
  @SuppressWarnings("StaticAssignmentOfThrowable") // It carries no stack trace.
  private static final Refused NOT_YOURS = Refused.of(550, 7, 1, "This address is not yours");

  private final Setup setup;
  private final Workshop workshop;
  private final RecipientCheck recipients;
  private final AddressBook book;
  private final EarlierCopies copies;

  public SubmissionIntake(Setup setup, Workshop workshop, Directory directory) {
    this.setup = setup;
    this.workshop = workshop;
    this.recipients =
        new RecipientCheck(directory, "Mail to other servers cannot be sent from here yet");
    this.book = new AddressBook(directory.accounts());
    this.copies = new EarlierCopies(workshop);
  }

  /**
   * RFC 6409 §6.1: whoever sends in his own name may send. The null reverse-path is for receipts
   * (RFC 8098 §3).
   */
  @Override
  public Future<Void> admit(Peer peer, ReversePath reversePath) {
    var mailbox = reversePath.mailbox();
    if (mailbox == null) {
      return Future.succeededFuture();
    }
    return sender(peer).compose(account -> requireOwn(account, mailbox.toString()));
  }

  @Override
  public Future<Recipient> resolve(Peer peer, ForwardPath forwardPath) {
    return recipients.resolve(forwardPath);
  }

  @Override
  public Future<Incoming> open(Session.Open session) {
    return sender(session.peer())
        .compose(
            account ->
                workshop.blobs().create().compose(writer -> arrival(session, account, writer)));
  }

  private Future<Incoming> arrival(Session.Open session, Account account, BlobWriter writer) {
    List<Recipient> mailboxes = AddressBook.mailboxes(session.envelope().recipients());
    List<BlobReference> references = new ArrayList<>(AddressBook.references(mailboxes));
    var own = new BlobReference(account.id(), account.generation());
    if (!references.contains(own)) {
      references.add(own);
    }
    String name = workshop.newName();
    Instant now = Instant.ofEpochMilli(workshop.nowMillis());
    var cleaner =
        new SubmissionCleaner(
            now,
            name.toLowerCase(Locale.ROOT) + "@" + setup.hostname(),
            MimeLimits.DEFAULT.maxHeaderBytes());
    return new Arrival(
            workshop,
            session,
            writer,
            name,
            account.id().value(),
            references,
            cleaner,
            (id, raw, message) ->
                send(session, account, cleaner, id, message)
                    .transform(
                        sent -> {
                          if (sent.succeeded() ? !sent.result() : isSurelyNotKept(sent.cause())) {
                            workshop.release(raw, references);
                          }
                          return sent.succeeded()
                              ? Future.succeededFuture()
                              : Future.failedFuture(sent.cause());
                        }))
        .begin(TraceFields.of(setup, session, name, now));
  }

  /** Gives false for a repeat. */
  private Future<Boolean> send(
      Session.Open session,
      Account account,
      SubmissionCleaner cleaner,
      MessageId id,
      Message parsed) {
    List<Recipient> named = session.envelope().recipients();
    List<Person> people = AddressBook.mailboxes(named).stream().map(Recipient::person).toList();
    return requireOwn(account, parsed.from().address())
        .compose(own -> book.addressed(parsed))
        .map(
            message ->
                (cleaner.isResent() ? message : HiddenPeople.kept(message, named, cleaner.bcc()))
                    .withPeople(
                        from(account, parsed), visible(message, account, people), message.cc()))
        .compose(message -> copies.send(account, Command.Send.of(id, null, message, people, null)))
        .map(sent -> sent.created())
        .recover(SubmissionIntake::repeat);
  }

  /** A failure of the store may hide that the mail is kept; whoever refuses it keeps nothing. */
  private static boolean isSurelyNotKept(Throwable cause) {
    return cause instanceof Refused
        || cause instanceof Rejected rejected && rejected.rule() != Rule.STORE_FAILED;
  }

  /** The id is a hash of the mail: another content under it is the same mail with another trace. */
  private static Future<Boolean> repeat(Throwable cause) {
    return cause instanceof Rejected rejected && rejected.rule() == Rule.CONFLICT
        ? Future.succeededFuture(false)
        : Future.failedFuture(cause);
  }

  private static Person from(Account account, Message message) {
    String name = message.from().name();
    return new Person(
        message.from().address(), name == null ? account.displayName() : name, account.id());
  }

  /**
   * Whom the message names. A mail to several people in Bcc alone names nobody, and must not name
   * them to one another: it names its sender, as mail programs do.
   */
  private static List<Person> visible(Message message, Account account, List<Person> people) {
    return message.to().isEmpty() && message.cc().isEmpty() && people.size() > 1
        ? List.of(account.person())
        : message.to();
  }

  private Future<Account> sender(Peer peer) {
    Login login = peer.login();
    if (login == null) {
      throw new IllegalStateException("submission begins with a login");
    }
    return workshop
        .accounts()
        .byId(login.user())
        .compose(
            account ->
                account == null || account.disabled()
                    ? Future.failedFuture(Refused.of(550, 7, 1, "Your account is disabled"))
                    : Future.succeededFuture(account));
  }

  private static Future<Void> requireOwn(Account account, String text) {
    Address address = Address.parse(text);
    return address != null && account.owns(address)
        ? Future.succeededFuture()
        : Future.failedFuture(NOT_YOURS);
  }
}
