package io.mainstem.gateway.http.stream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.mainstem.directory.Account;
import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.ThreadKind;
import io.mainstem.mailbox.ThreadView;
import io.mainstem.message.FolderId;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the others in a conversation that somebody writes. Never logged, never awaited: it reaches
 * only streams that are open on this node, and only people who show the conversation among their
 * own, so a stranger cannot make himself felt.
 */
public final class Typing {
  private static final Logger log = LoggerFactory.getLogger(Typing.class);
  private static final Duration AT_MOST_EVERY = Duration.ofSeconds(1);
  private static final Duration REMEMBER = Duration.ofMinutes(5);
  private static final int MAX_REMEMBERED = 10_000;
  private static final int LOOK_AT_THREADS = 100;

  private final MailboxService mailboxes;
  private final Streams streams;
  private final Cache<Place, Boolean> lately =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(AT_MOST_EVERY).build();
  private final Cache<Place, List<Person>> people =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(REMEMBER).build();
  private final Cache<Seen, Optional<ThreadId>> threads =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(REMEMBER).build();

  private record Place(UserId user, ThreadId thread) {}

  /** How a thread of one user looks to another, who has his own id for it. */
  private record Seen(UserId reader, Place place) {}

  public Typing(MailboxService mailboxes, Streams streams) {
    this.mailboxes = mailboxes;
    this.streams = streams;
  }

  public void onTyping(Account writer, ThreadId thread) {
    var place = new Place(writer.id(), thread);
    if (lately.asMap().putIfAbsent(place, true) != null) {
      return;
    }
    others(place)
        .onSuccess(found -> found.forEach(person -> tell(person, writer, place)))
        .onFailure(cause -> log.debug("typing was not told", cause));
  }

  private Future<List<Person>> others(Place place) {
    var known = people.getIfPresent(place);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    return mailboxes
        .query(place.user(), new Query.Thread(place.thread(), null))
        .map(
            thread ->
                thread.participants().stream()
                    .filter(p -> p.user() != null && !p.user().equals(place.user()))
                    .toList())
        .onSuccess(found -> people.put(place, found));
  }

  private void tell(Person reader, Account writer, Place place) {
    var user = reader.user();
    if (user == null || !streams.watches(user)) {
      return;
    }
    threadOf(user, place)
        .onSuccess(
            thread ->
                thread.ifPresent(
                    id -> {
                      var text = Render.typing(user, id.value(), writer.person());
                      streams.of(user).forEach(stream -> stream.tell(text));
                    }))
        .onFailure(cause -> log.debug("typing was not told", cause));
  }

  private Future<Optional<ThreadId>> threadOf(UserId reader, Place place) {
    var seen = new Seen(reader, place);
    var known = threads.getIfPresent(seen);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    return mailboxes
        .query(place.user(), new Query.Thread(place.thread(), null))
        .compose(
            mine ->
                mailboxes
                    .query(reader, new Query.Threads(FolderId.INBOX, null, LOOK_AT_THREADS, null))
                    .map(
                        page ->
                            page.threads().stream()
                                .filter(t -> isSame(t, mine))
                                .map(ThreadView::id)
                                .findFirst()))
        .onSuccess(found -> threads.put(seen, found));
  }

  /** A group has one id everywhere; people threads are told by who is in them. */
  private static boolean isSame(ThreadView theirs, ThreadView mine) {
    return theirs.kind() == mine.kind()
        && (mine.kind() == ThreadKind.GROUP
            ? theirs.id().equals(mine.id())
            : mine.kind() == ThreadKind.PEOPLE && keys(theirs).equals(keys(mine)));
  }

  private static Set<String> keys(ThreadView thread) {
    var keys = new HashSet<String>();
    thread.participants().forEach(person -> keys.add(person.key()));
    return keys;
  }
}
