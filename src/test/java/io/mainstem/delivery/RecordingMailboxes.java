package io.mainstem.delivery;

import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Flux;

/** The senders' side as delivery sees it: what each log owes, and what it was told. Thread-safe. */
final class RecordingMailboxes implements MailboxService {
  record Told(UserId user, Command<?> command, long atNanos) {}

  private final List<Query.Outgoing> log = new ArrayList<>();
  private final Set<Query.Outgoing> failed = new HashSet<>();
  private final List<Told> told = new ArrayList<>();
  private Throwable refusal;
  private int refusals;

  synchronized void owes(Query.Outgoing outgoing) {
    log.add(outgoing);
  }

  /** The next commands fail so. */
  synchronized void refuse(Throwable failure, int times) {
    refusal = failure;
    refusals = times;
  }

  synchronized List<Told> told() {
    return List.copyOf(told);
  }

  synchronized <C> List<C> told(UserId user, Class<C> kind) {
    return told.stream()
        .filter(one -> one.user.equals(user))
        .map(Told::command)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** The highest handed watermark that this sender was told for this recipient. */
  synchronized long handed(UserId sender, UserId recipient) {
    return told(sender, Command.Report.class).stream()
        .filter(report -> report.recipient().equals(recipient))
        .flatMap(report -> report.progress().stream())
        .mapToLong(Command.Progress::handed)
        .max()
        .orElse(0);
  }

  @Override
  @SuppressWarnings("unchecked")
  public synchronized <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
    if (refusals > 0) {
      refusals--;
      return Future.failedFuture(refusal);
    }
    told.add(new Told(user, command, System.nanoTime()));
    if (command instanceof Command.Fail fail) {
      log.stream()
          .filter(
              one ->
                  one.deliver().id().equals(fail.message())
                      && one.recipient().equals(fail.recipient()))
          .forEach(failed::add);
    }
    return Future.succeededFuture((R) new Reply.Done(new Cursor(1, told.size()), true));
  }

  @Override
  @SuppressWarnings("unchecked")
  public synchronized <R> Future<R> query(UserId user, Query<R> query) {
    var asked = (Query.Outstanding) query;
    List<Query.Outgoing> owed =
        log.stream()
            .filter(
                one ->
                    one.sender().equals(user)
                        && one.seq() > asked.afterSeq()
                        && !failed.contains(one))
            .filter(one -> one.seq() > handed(user, one.recipient().user()))
            .toList();
    List<Query.Outgoing> page = owed.subList(0, Math.min(asked.limit(), owed.size()));
    long next = page.size() < owed.size() ? page.get(page.size() - 1).seq() : 0;
    return Future.succeededFuture((R) new Query.OutboxPage(page, List.of(), next));
  }

  @Override
  public Flux<Watched> watch(UserId user, Cursor after) {
    return Flux.error(new UnsupportedOperationException("delivery watches nobody"));
  }
}
