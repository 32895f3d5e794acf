package io.mainstem.gateway.http;

import io.mainstem.mailbox.Change;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.Frame;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.Position;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.mailbox.Settings;
import io.mainstem.mailbox.Staleness;
import io.mainstem.mailbox.Status;
import io.mainstem.mailbox.ThreadKind;
import io.mainstem.mailbox.ThreadSettings;
import io.mainstem.mailbox.ThreadView;
import io.mainstem.mailbox.Watched;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * A mailbox that does what a gateway can tell apart and nothing else: one log a user, one thread
 * for each pair. Every command that it got is kept for tests to look at. Refusals, failures and
 * endless watches can be asked for.
 */
final class ScriptedMailboxes implements MailboxService {
  static final int GENERATION = 1;
  static final int KEPT_FROM = 0;

  final List<Command<?>> commands = new CopyOnWriteArrayList<>();
  @Nullable Function<Command<?>, @Nullable Throwable> refuse;
  @Nullable Function<Query<?>, @Nullable Object> answer;
  @Nullable Function<UserId, @Nullable Flux<Watched>> watching;

  /** For how long whoever answers has not been sure that he is the owner. */
  volatile long staleMillis;

  private final Map<UserId, Box> boxes = new HashMap<>();

  private static final class Box {
    final List<Frame> log = new ArrayList<>();
    final List<MessageView> messages = new ArrayList<>();
    final Map<MessageId, Command.Send> sent = new HashMap<>();
    final Map<MessageId, Reply.Sent> replies = new HashMap<>();
    final List<FluxSink<Watched>> watchers = new ArrayList<>();
    Settings settings = Settings.DEFAULT;

    Cursor head() {
      return new Cursor(GENERATION, log.size());
    }
  }

  private Box box(UserId user) {
    return boxes.computeIfAbsent(user, u -> new Box());
  }

  synchronized void append(UserId user, List<Change> changes) {
    var box = box(user);
    var frame = new Frame(new Cursor(GENERATION, box.log.size() + 1), changes);
    box.log.add(frame);
    for (var watcher : List.copyOf(box.watchers)) {
      watcher.next(new Watched.Entry(frame));
    }
  }

  /** Puts a message into a mailbox as if it had been delivered. */
  synchronized MessageView deliver(UserId user, ThreadId thread, MessageId id, Message message) {
    var view = view(user, thread, id, message, false);
    append(user, List.of(new Change.MessageChanged(view, true)));
    box(user).messages.add(view);
    return view;
  }

  private MessageView view(
      UserId user, ThreadId thread, MessageId id, Message message, boolean sent) {
    return new MessageView(
        id,
        thread,
        message,
        sent,
        Instant.ofEpochMilli(id.millis()),
        sent ? Status.SENT : null,
        null,
        null,
        sent ? Set.of("\\Seen") : Set.of(),
        List.of(
            message.channel() == Channel.CHAT
                ? FolderId.CHATS
                : sent ? FolderId.SENT : FolderId.INBOX),
        null,
        null,
        new Position(Hlc.ofMillis(id.millis()), id.value()),
        box(user).log.size() + 1,
        null);
  }

  @Override
  @SuppressWarnings("unchecked")
  public synchronized <R extends Reply> Future<R> submit(UserId user, Command<R> command) {
    commands.add(command);
    var refusal = refuse == null ? null : refuse.apply(command);
    if (refusal != null) {
      return Future.failedFuture(refusal);
    }
    try {
      return Future.succeededFuture((R) reply(user, command));
    } catch (Rejected rejected) {
      return Future.failedFuture(rejected);
    }
  }

  private Reply reply(UserId user, Command<?> command) {
    var box = box(user);
    return switch (command) {
      case Command.Send send -> send(user, send);
      case Command.Read read -> {
        if (read.upTo() > box.log.size()) {
          throw new Rejected(Rule.INVALID, "upTo is ahead of the log");
        }
        thread(user, read.thread());
        append(user, List.of(new Change.ReadChanged(read.thread(), read.upTo(), 0)));
        yield new Reply.Done(box.head(), true);
      }
      case Command.ChangeSettings change -> {
        append(user, List.of(new Change.SettingsChanged(box.settings)));
        yield new Reply.Done(box.head(), true);
      }
      case Command.Handed handed -> {
        append(user, List.of(new Change.Bookkeeping()));
        yield new Reply.Done(box.head(), true);
      }
      case Command.CreateFolder create -> new Reply.FolderMade(new FolderId("own-1"), box.head());
      case Command.Move move -> {
        thread(user, move.thread());
        yield new Reply.Done(box.head(), true);
      }
      default -> new Reply.Done(box.head(), false);
    };
  }

  private Reply.Sent send(UserId user, Command.Send send) {
    var box = box(user);
    var before = box.sent.get(send.id());
    if (before != null) {
      if (!before.equals(send)) {
        throw new Rejected(Rule.CONFLICT, "the same id came with other content");
      }
      var reply = box.replies.get(send.id());
      return Reply.Sent.of(reply.id(), reply.thread(), reply.cursor(), false);
    }
    var thread =
        send.thread() != null
            ? send.thread()
            : new ThreadId("t-" + user + "-" + send.recipients().getFirst().user());
    var view = view(user, thread, send.id(), send.message(), true);
    append(user, List.of(new Change.MessageChanged(view, true)));
    box.messages.add(view);
    var reply = Reply.Sent.of(send.id(), thread, box.head(), true);
    box.sent.put(send.id(), send);
    box.replies.put(send.id(), reply);
    for (Person to : send.recipients()) {
      if (to.user() != null && !to.user().equals(user)) {
        deliver(to.user(), new ThreadId("t-" + to.user() + "-" + user), send.id(), send.message());
      }
    }
    return reply;
  }

  private ThreadView thread(UserId user, ThreadId thread) {
    var messages = box(user).messages.stream().filter(m -> m.thread().equals(thread)).toList();
    if (messages.isEmpty()) {
      throw new Rejected(Rule.NOT_FOUND, "no such thread");
    }
    var last = messages.getLast();
    var people = new ArrayList<Person>(last.message().to());
    people.add(last.message().from());
    return new ThreadView(
        thread,
        ThreadKind.PEOPLE,
        null,
        people.stream().distinct().toList(),
        last,
        (int) messages.stream().filter(m -> !m.sent()).count(),
        last.folders(),
        Set.of(last.message().channel()),
        null,
        ThreadSettings.DEFAULT,
        last.position());
  }

  @Override
  @SuppressWarnings("unchecked")
  public synchronized <R> Future<R> query(UserId user, Query<R> query) {
    try {
      var scripted = answer == null ? null : answer.apply(query);
      if (scripted instanceof Throwable failure) {
        return Future.failedFuture(failure);
      }
      return Future.succeededFuture((R) (scripted != null ? scripted : found(user, query)));
    } catch (Rejected rejected) {
      return Future.failedFuture(rejected);
    }
  }

  private Object found(UserId user, Query<?> query) {
    var box = box(user);
    return switch (query) {
      case Query.Head head -> box.head();
      case Query.Threads threads ->
          new Query.ThreadPage(
              box.messages.stream()
                  .map(MessageView::thread)
                  .distinct()
                  .map(t -> thread(user, t))
                  .toList(),
              null,
              box.head());
      case Query.Thread one -> thread(user, one.thread());
      case Query.Messages page -> {
        thread(user, page.thread());
        var all = box.messages.stream().filter(m -> m.thread().equals(page.thread()));
        var before = page.before();
        var upTo = all.filter(m -> before == null || m.position().compareTo(before) < 0).toList();
        var shown = upTo.subList(Math.max(0, upTo.size() - page.limit()), upTo.size());
        var next = shown.size() < upTo.size() ? shown.getFirst().position() : null;
        yield new Query.MessagePage(
            shown, next, shown.isEmpty() ? null : shown.getLast().position(), box.head());
      }
      case Query.One one ->
          box.messages.stream()
              .filter(m -> m.id().equals(one.message()))
              .findFirst()
              .orElseThrow(() -> new Rejected(Rule.NOT_FOUND, "no such message"));
      case Query.Attachment attachment ->
          ((MessageView) found(user, new Query.One(attachment.message())))
              .message().attachments().stream()
                  .filter(a -> a.id().equals(attachment.attachment()))
                  .findFirst()
                  .orElseThrow(() -> new Rejected(Rule.NOT_FOUND, "no such attachment"));
      case Query.GetCounts counts -> new Query.CountsAt(new Counts(2, 1), box.head());
      case Query.GetSettings settings -> new Query.SettingsAt(box.settings, box.head());
      case Query.Drafts drafts -> List.of();
      case Query.Folders folders ->
          List.of(new FolderView(FolderId.INBOX, "Inbox", true, 1, 1, 0, 0, 0, 1));
      case Query.Updates updates -> {
        checkCursor(updates.after(), box);
        var from = (int) updates.after().seq();
        var frames = box.log.subList(from, Math.min(box.log.size(), from + updates.limit()));
        yield new Query.UpdatePage(
            List.copyOf(frames), frames.isEmpty() ? updates.after() : frames.getLast().cursor());
      }
      default -> throw new Rejected(Rule.NOT_FOUND, "not scripted");
    };
  }

  private static void checkCursor(Cursor after, Box box) {
    if (after.generation() != GENERATION
        || after.seq() > box.log.size()
        || after.seq() < KEPT_FROM) {
      throw new Rejected(Rule.RESET, "load anew");
    }
  }

  @Override
  public <R extends Reply> Future<R> submit(UserId user, Command<R> command, Staleness stale) {
    mark(stale);
    return submit(user, command);
  }

  @Override
  public <R> Future<R> query(UserId user, Query<R> query, Staleness stale) {
    mark(stale);
    return query(user, query);
  }

  private void mark(Staleness stale) {
    if (staleMillis > 0) {
      stale.stale(staleMillis);
    }
  }

  /** From now on what is told may be old, or no more. */
  synchronized void stale(long millis) {
    staleMillis = millis;
    for (var box : boxes.values()) {
      for (var watcher : List.copyOf(box.watchers)) {
        watcher.next(new Watched.Stale(millis > 0));
      }
    }
  }

  @Override
  public synchronized Flux<Watched> watch(UserId user, Cursor after) {
    var scripted = watching == null ? null : watching.apply(user);
    if (scripted != null) {
      return scripted;
    }
    return Flux.create(sink -> subscribe(sink, user, after));
  }

  private synchronized void subscribe(FluxSink<Watched> sink, UserId user, Cursor after) {
    var box = box(user);
    var from = after;
    try {
      checkCursor(after, box);
    } catch (Rejected reset) {
      from = box.head();
      sink.next(new Watched.Reset(from));
    }
    for (var frame : box.log.subList((int) from.seq(), box.log.size())) {
      sink.next(new Watched.Entry(frame));
    }
    sink.next(new Watched.CaughtUp(box.head(), staleMillis > 0));
    box.watchers.add(sink);
    sink.onDispose(
        () -> {
          synchronized (this) {
            box.watchers.remove(sink);
          }
        });
  }

  synchronized int watchers(UserId user) {
    return box(user).watchers.size();
  }
}
