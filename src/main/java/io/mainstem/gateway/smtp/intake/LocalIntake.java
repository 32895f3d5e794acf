package io.mainstem.gateway.smtp.intake;

import io.mainstem.delivery.MovedReferences;
import io.mainstem.delivery.WaitingMail;
import io.mainstem.directory.Account;
import io.mainstem.directory.Directory;
import io.mainstem.gateway.smtp.protocol.ForwardPath;
import io.mainstem.gateway.smtp.protocol.ReversePath;
import io.mainstem.gateway.smtp.rendering.TraceFields;
import io.mainstem.gateway.smtp.session.Incoming;
import io.mainstem.gateway.smtp.session.Intake;
import io.mainstem.gateway.smtp.session.Peer;
import io.mainstem.gateway.smtp.session.Recipient;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.gateway.smtp.session.Setup;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mail from outside, into the mailboxes of its recipients.
 *
 * <p>One reply stands for all recipients (RFC 5321 §4.1.1.4), so:
 *
 * <ul>
 *   <li>all have it: 250.
 *   <li>All refuse it for good (quota): that refusal, and nothing is kept.
 *   <li>The store has no space: 452; who has it already takes the sender's next try for the repeat
 *       that it is.
 *   <li>Some have it and others cannot now, or refuse: 250, and for those others it waits in the
 *       outbox of an internal mailbox, which tries again or makes it a dead letter that the
 *       operator sees. A refusal would make the sender bounce a mail that some have.
 *   <li>Nobody has it, and somebody cannot now: it waits, too, so that a mailbox that moves costs
 *       its correspondents nothing.
 * </ul>
 */
public final class LocalIntake implements Intake {
  private final Setup setup;
  private final Workshop workshop;
  private final RecipientCheck recipients;
  private final AddressBook book;
  private final WaitingRoom waitingRoom;
  private final StampClock stamps;

  public LocalIntake(Setup setup, Workshop workshop, Directory directory) {
    this.setup = setup;
    this.workshop = workshop;
    this.recipients = new RecipientCheck(directory, "We do not relay");
    this.book = new AddressBook(directory.accounts());
    this.waitingRoom = new WaitingRoom(workshop.mailboxes());
    this.stamps = new StampClock(workshop::nowMillis);
  }

  @Override
  public Future<Void> admit(Peer peer, ReversePath reversePath) {
    return Future.succeededFuture();
  }

  @Override
  public Future<Recipient> resolve(Peer peer, ForwardPath forwardPath) {
    return recipients.resolve(forwardPath);
  }

  @Override
  public Future<Incoming> open(Session.Open session) {
    List<Recipient> mailboxes = AddressBook.mailboxes(session.envelope().recipients());
    String name = workshop.newName();
    return workshop
        .blobs()
        .create()
        .compose(
            writer ->
                new Arrival(
                        workshop,
                        session,
                        writer,
                        name,
                        session.envelope().reversePath().toString(),
                        AddressBook.references(mailboxes),
                        null,
                        (id, raw, message) -> settle(mailboxes, id, raw, message))
                    .begin(
                        TraceFields.of(
                            setup, session, name, Instant.ofEpochMilli(workshop.nowMillis()))));
  }

  private Future<Void> settle(
      List<Recipient> mailboxes, MessageId id, BlobKey raw, Message parsed) {
    return deliver(id, parsed)
        .compose(
            deliver ->
                Future.all(
                        mailboxes.stream().map(mailbox -> submit(mailbox, raw, deliver)).toList())
                    .compose(all -> conclude(deliver, raw, all.list())));
  }

  /** The command for every recipient: one stamp, and nobody is who he says he is. */
  private Future<Command.Deliver> deliver(MessageId id, Message parsed) {
    Person from = new Person(parsed.from().address(), parsed.from().name(), null);
    return book.holder(from.address())
        .compose(
            claimed ->
                book.addressed(parsed.withPeople(from, parsed.to(), parsed.cc()))
                    .map(
                        message ->
                            Command.Deliver.of(
                                id,
                                WaitingMail.OUTSIDE,
                                null,
                                stamps.next(),
                                message,
                                person(claimed),
                                null)));
  }

  private static @Nullable Person person(@Nullable Account claimed) {
    return claimed == null ? null : claimed.person();
  }

  /** What one mailbox said. */
  private sealed interface Answer {
    Recipient mailbox();

    record Kept(Recipient mailbox, boolean created) implements Answer {}

    record Refused(Recipient mailbox, Rejected why) implements Answer {}

    record NotNow(Recipient mailbox, Throwable why) implements Answer {}
  }

  private Future<Answer> submit(Recipient mailbox, BlobKey raw, Command.Deliver deliver) {
    return workshop
        .mailboxes()
        .submit(mailbox.user(), deliver)
        .compose(reply -> kept(mailbox, raw, reply))
        .otherwise(
            cause ->
                cause instanceof Rejected rejected
                    ? answer(mailbox, rejected)
                    : new Answer.NotNow(mailbox, cause));
  }

  /** What was there already is another blob, and this one is about to be let go. */
  private Future<Answer> kept(Recipient mailbox, BlobKey raw, Reply.Delivered reply) {
    Future<Void> followed =
        reply.created()
            ? MovedReferences.follow(
                workshop.blobs(), List.of(raw), AddressBook.reference(mailbox), reply)
            : Future.succeededFuture();
    return followed.map(new Answer.Kept(mailbox, reply.created()));
  }

  private static Answer answer(Recipient mailbox, Rejected rejected) {
    return switch (rejected.rule()) {
      // The id is a hash of the mail: it can only be the same one, which was parsed or traced in
      // another way then.
      case CONFLICT -> new Answer.Kept(mailbox, false);
      case BUSY, STORE_FAILED, STORE_FULL, RATE_LIMITED -> new Answer.NotNow(mailbox, rejected);
      case NOT_FOUND,
          INVALID,
          UNKNOWN_RECIPIENT,
          TOO_LARGE,
          OVER_QUOTA,
          NOT_PERMITTED,
          NOT_UNDOABLE,
          RESET ->
          new Answer.Refused(mailbox, rejected);
    };
  }

  private Future<Void> conclude(Command.Deliver deliver, BlobKey raw, List<Answer> answers) {
    workshop.release(
        raw,
        answers.stream()
            .filter(LocalIntake::isWithoutIt)
            .map(a -> AddressBook.reference(a.mailbox()))
            .toList());
    for (Answer answer : answers) {
      if (answer instanceof Answer.NotNow notNow && isFull(notNow.why())) {
        return Future.failedFuture(notNow.why());
      }
    }
    if (answers.stream().allMatch(Answer.Refused.class::isInstance)) {
      return Future.failedFuture(((Answer.Refused) answers.getFirst()).why());
    }
    List<Future<Void>> waiting =
        answers.stream()
            .filter(answer -> !(answer instanceof Answer.Kept))
            .map(answer -> wait(answer.mailbox(), deliver, raw))
            .toList();
    return waiting.isEmpty() ? Future.succeededFuture() : Future.all(waiting).mapEmpty();
  }

  private Future<Void> wait(Recipient mailbox, Command.Deliver deliver, BlobKey raw) {
    return workshop
        .blobs()
        .refer(raw, List.of(AddressBook.reference(mailbox)))
        .compose(referred -> waitingRoom.keep(mailbox, deliver));
  }

  /**
   * Whether this mailbox surely does not hold these bytes: it refused them, or has them from their
   * first coming.
   */
  private static boolean isWithoutIt(Answer answer) {
    return switch (answer) {
      case Answer.Kept kept -> !kept.created();
      case Answer.Refused refused -> true;
      case Answer.NotNow notNow -> isFull(notNow.why());
    };
  }

  private static boolean isFull(Throwable why) {
    return why instanceof Rejected rejected && rejected.rule() == Rule.STORE_FULL;
  }
}
