package io.mainstem.mailbox;

import io.mainstem.mailbox.Command.FlagsMode;
import io.mainstem.mailbox.state.Header;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Hlc;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes random steps in a town. A step is a number: the same numbers give the same walk. Confined
 * to one test.
 */
final class Walk {
  static final List<String> USERS = List.of("alice", "bob", "carol");
  final Town town = new Town(USERS.toArray(new String[0]));
  final TreeMap<String, Integer> refused = new TreeMap<>();
  final List<String> told = new ArrayList<>();

  private record Placed(ThreadId thread, MessageId message) {}

  /** Moves that came to their end. */
  int arrivals;

  private int renewals;

  private final Map<String, List<ThreadId>> threads = new HashMap<>();
  private final Map<String, List<MessageId>> messages = new HashMap<>();
  private final Map<String, List<FolderId>> folders = new LinkedHashMap<>();
  private final Map<String, List<Long>> seqs = new HashMap<>();
  private final Map<String, List<MessageId>> own = new HashMap<>();
  private final Map<String, List<ThreadId>> groups = new HashMap<>();
  private final Map<String, List<MessageId>> waiting = new HashMap<>();
  private final Map<String, List<Placed>> places = new HashMap<>();
  private final Map<String, List<String>> rfcIds = new HashMap<>();
  private SplittableRandom random = new SplittableRandom(0);
  private Props props = new Props(random, new ArrayList<>());
  private String user = "alice";

  Walk() {
    town.replies = this::remember;
    for (String u : USERS) {
      threads.put(u, new ArrayList<>());
      messages.put(u, new ArrayList<>());
      folders.put(u, new ArrayList<>(FolderId.SYSTEM));
      seqs.put(u, new ArrayList<>());
      own.put(u, new ArrayList<>());
      groups.put(u, new ArrayList<>());
      waiting.put(u, new ArrayList<>());
      places.put(u, new ArrayList<>());
      rfcIds.put(u, new ArrayList<>());
      town.at(u).limits =
          new Limits(
              1L << 30,
              1_000_000,
              100_000,
              20,
              Limits.DEFAULT.idWindow(),
              1 << 16,
              256,
              16,
              8,
              20,
              Limits.DEFAULT.undo(),
              Limits.DEFAULT.edit(),
              5);
    }
  }

  void step(long seed) {
    random = new SplittableRandom(seed);
    user = USERS.get(random.nextInt(USERS.size()));
    props = new Props(random, rfcIds.get(user));
    int kind = random.nextInt(100);
    if (kind < 12) {
      run(send());
    } else if (kind < 26) {
      run(mail());
    } else if (kind < 52) {
      refusable(town::handOver);
    } else if (kind < 53) {
      if (random.nextInt(8) == 0) {
        renew();
      } else {
        shuffle();
      }
    } else if (kind < 62) {
      refusable(town::tell);
    } else if (kind < 66) {
      run(new Command.Read(thread(), Math.max(0, box().lastSeq() - random.nextInt(20))));
    } else if (kind < 68) {
      run(new Command.Handed(box().lastSeq()));
    } else if (kind < 70) {
      box().dropSome(random, random.nextInt(10) == 0 ? 0.8 : 0.05);
    } else if (kind < 71) {
      town.now += random.nextInt(10) == 0 ? random.nextLong(7_200_000) : random.nextInt(20_000);
    } else if (kind < 72) {
      run(new Command.Due());
    } else if (kind < 74) {
      refusable(() -> box().ask(query(), town.now));
    } else {
      run(rare());
    }
    if (departure() != null && random.nextInt(3) == 0) {
      endMove();
    }
  }

  private Header.@Nullable Departure departure() {
    var header = (Header) box().objects.get(Mailbox.HEADER);
    return header == null ? null : header.departureFrom(box().generation);
  }

  /** A move goes on, is given up, or comes to its end: then all goes on in the next generation. */
  private void endMove() {
    var departure = departure();
    if (departure == null) {
      return;
    }
    if (random.nextInt(3) == 0) {
      run(new Command.Thaw(departure.generation()));
    } else if (departure.frozen()) {
      box().generation = departure.generation();
      arrivals++;
    } else {
      run(new Command.Freeze(departure.cell(), departure.generation()));
    }
  }

  /** The store was set back, to where it is just now: whoever remembers more must forget it. */
  private void renew() {
    if (box().lastSeq() > 0) {
      renewals += 1 + random.nextInt(1_000);
      box().append(Mailbox.renewal(box().lastSeq(), renewals, town.now));
    }
  }

  private int cursorGeneration() {
    var header = (Header) box().objects.get(Mailbox.HEADER);
    return header == null ? box().generation : header.cursorGeneration(box().generation);
  }

  private Command<?> move() {
    int generation = box().generation + random.nextInt(4);
    return switch (random.nextInt(4)) {
      case 0 -> new Command.Leave("b", generation);
      case 1 -> new Command.Freeze("b", generation);
      case 2 -> new Command.Thaw(generation);
      default -> new Command.Leave("c", generation + 1);
    };
  }

  /** Hands over and tells until nothing is left; what is refused is refused. */
  void settle() {
    while (!town.outbox.isEmpty() || !town.receipts.isEmpty()) {
      refusable(town::handOver);
      refusable(town::tell);
    }
  }

  private SimMailbox box() {
    return town.at(user);
  }

  /** Recent ones more often than old ones. */
  private <T> T pick(List<T> list, T none) {
    if (list.isEmpty()) {
      return none;
    }
    int back = random.nextInt(3) > 0 ? Math.min(list.size(), 12) : list.size();
    return list.get(list.size() - 1 - random.nextInt(back));
  }

  private ThreadId thread() {
    return pick(threads.get(user), new ThreadId("none"));
  }

  private MessageId message() {
    return pick(messages.get(user), MessageId.of(1, 1, 1));
  }

  private FolderId folder() {
    return pick(folders.get(user), FolderId.INBOX);
  }

  private Command<?> send() {
    var channel =
        random.nextInt(3) == 0 ? Channel.MAIL : random.nextInt(8) == 0 ? Channel.SMS : Channel.CHAT;
    int how = random.nextInt(10);
    if (how < 6) {
      var known = threads.get(user);
      var lively = random.nextInt(3) > 0 && !known.isEmpty() ? known.get(0) : thread();
      return Command.Send.of(
          town.id(), lively, props.text(channel, Town.person(user), List.of()), List.of(), null);
    }
    var to = props.people(how == 9 ? 3 : 2);
    var group = how == 8 ? "group " + random.nextInt(5) : null;
    var recipients = new ArrayList<>(to);
    if (channel == Channel.MAIL && random.nextInt(4) == 0) {
      recipients.add(props.somebody());
    }
    return Command.Send.of(
        town.id(), null, props.text(channel, Town.person(user), to), recipients, group);
  }

  private Command<?> mail() {
    var channel = random.nextInt(10) == 0 ? Channel.SMS : Channel.MAIL;
    int crowd = random.nextInt(40) == 0 ? 25 : 0;
    var to = new ArrayList<>(List.of(Town.person(user)));
    for (int i = 0; i < crowd; i++) {
      to.add(Town.outsider("crowd" + i + "@elsewhere.example"));
    }
    var claims = random.nextInt(20) == 0 ? Town.person("bob") : null;
    var from =
        claims == null ? props.outsider() : new Person(claims.address(), claims.name(), null);
    long stamp = random.nextInt(200) == 0 ? town.now + 60_000 : town.now - random.nextInt(3_000);
    return Command.Deliver.of(
        random.nextInt(20) == 0 ? message() : town.id(),
        "smtp",
        null,
        Hlc.ofMillis(stamp),
        props.text(channel, from, to),
        claims,
        null);
  }

  private Command.Append append(Command.@Nullable Replaced replaces, boolean waits) {
    var id = town.id();
    if (waits) {
      waiting.get(user).add(id);
    }
    return new Command.Append(
        id,
        folder(),
        props.text(Channel.MAIL, props.somebody(), List.of(Town.person(user))),
        props.flags(),
        town.now - random.nextLong(1L << 30),
        60,
        null,
        replaces,
        waits,
        null);
  }

  /** A mail program's own copy of what stands in Sent already, as somebody found who looked. */
  private Command.Append copyOfSent() {
    var from = folder();
    return new Command.Append(
        town.id(),
        random.nextInt(8) == 0 ? folder() : FolderId.SENT,
        props.text(Channel.MAIL, Town.person(user), List.of(props.somebody())),
        props.flags(),
        town.now,
        0,
        null,
        random.nextInt(4) == 0 ? new Command.Replaced(from, pick(uids(from), 1)) : null,
        random.nextInt(8) == 0,
        new Command.Alike(pick(own.get(user), message()), random.nextInt(8) > 0));
  }

  /** A mail of which a mail program has put its copy into Sent before, as somebody found. */
  private Command.Send submission() {
    var to = List.of(props.somebody());
    var m = props.text(Channel.MAIL, Town.person(user), to);
    var raw = "raw" + random.nextInt(1 << 20);
    var hidden = m.headers().withBcc(List.of(props.somebody()), "Bcc: somebody\r\n");
    return town.submission(m.with(hidden), raw, to)
        .with(new Command.Alike(message(), random.nextInt(8) > 0));
  }

  /** What mail programs put there. */
  private Command<?> put() {
    return switch (random.nextInt(8)) {
      case 0 -> append(null, true);
      case 5 -> submission();
      case 4 -> copyOfSent();
      case 1 -> {
        var ids = waiting.get(user);
        var admitted = new ArrayList<Command.Waiting>();
        var to = folder();
        if (random.nextInt(4) == 0) {
          to = FolderId.SENT;
          int instead = pick(uids(to), 0);
          admitted.add(new Command.Waiting(pick(own.get(user), message()), props.flags(), instead));
        }
        for (int i = random.nextInt(3); i >= 0 && !ids.isEmpty(); i--) {
          admitted.add(Command.Waiting.of(ids.remove(random.nextInt(ids.size())), props.flags()));
        }
        yield new Command.Admit(to, admitted);
      }
      case 2 -> {
        var from = folder();
        yield append(new Command.Replaced(from, pick(uids(from), 1)), false);
      }
      case 3 ->
          new Command.Annotate(
              random.nextInt(3) == 0 ? null : folder(),
              List.of(
                  new Annotation(
                      "/private/" + random.nextInt(4),
                      random.nextBoolean() ? null : "v" + random.nextInt(3))));
      default ->
          Command.Append.of(
              town.id(),
              folder(),
              props.text(Channel.MAIL, props.somebody(), List.of(Town.person(user))),
              props.flags(),
              town.now - random.nextLong(1L << 30),
              60,
              random.nextBoolean() ? null : "h" + random.nextInt(300));
    };
  }

  private Command<?> rare() {
    return switch (random.nextInt(33)) {
      case 29 -> move();
      case 0 -> put();
      case 1 -> unread();
      case 2, 3 ->
          new Command.Move(thread(), random.nextBoolean() ? FolderId.INBOX : folder(), folder());
      case 4 -> new Command.SetFlags(message(), props.flags(), props.flags());
      case 5, 6 -> new Command.Delete(message());
      case 7 -> new Command.Erase(message());
      case 8, 9, 10 -> new Command.Undo(pick(seqs.get(user), 1L));
      case 11 -> storeFlags(folder());
      case 27 ->
          new Command.StoreFlags(
              FolderId.INBOX,
              uids(FolderId.INBOX),
              Set.of("\\Deleted", "\\Seen"),
              FlagsMode.ADD,
              0);
      case 12 -> place(folder());
      case 13 -> new Command.Expunge(folder(), List.of());
      case 28 -> new Command.Expunge(FolderId.INBOX, uids(FolderId.INBOX));
      case 14 ->
          new Command.CreateFolder(
              "f" + random.nextInt(6) + (random.nextBoolean() ? "" : "/below"));
      case 15 -> new Command.RenameFolder(folder(), "g" + random.nextInt(6));
      case 16 ->
          random.nextInt(4) == 0
              ? new Command.DeleteFolder(folder())
              : new Command.Subscribe(folder(), random.nextBoolean());
      case 17 ->
          new Command.SaveDraft(
              MessageId.of(1, 1, random.nextInt(12)),
              random.nextBoolean() ? null : thread(),
              props.people(2),
              Channel.MAIL,
              "s",
              "d" + random.nextInt(4),
              List.of());
      case 18 -> new Command.DiscardDraft(MessageId.of(1, 1, random.nextInt(12)));
      case 19 -> props.settings();
      case 20 ->
          new Command.ChangeThread(
              thread(),
              new ThreadSettings(
                  random.nextBoolean(),
                  random.nextBoolean() ? null : ChannelView.values()[random.nextInt(2)]));
      case 21, 22 -> new Command.Accept(thread());
      case 23 ->
          random.nextInt(3) == 0 ? new Command.Decline(thread()) : new Command.Accept(thread());
      case 24 ->
          new Command.ChangeGroup(
              pick(groups.get(user), new ThreadId("none")),
              random.nextBoolean() ? null : "new " + random.nextInt(3),
              props.people(2),
              props.people(1));
      case 26, 30, 31 -> edit();
      case 25 -> new Command.Fail(pick(own.get(user), message()), props.somebody(), "no such host");
      default -> retry();
    };
  }

  /** Mostly of what has failed. */
  private Command<?> retry() {
    var failed = box().ask(new Query.DeadLetters(), town.now);
    return new Command.Retry(
        failed.isEmpty() || random.nextInt(4) == 0
            ? pick(own.get(user), message())
            : failed.get(random.nextInt(failed.size())).message());
  }

  /** Mostly of what the user has just sent, mostly with the number that is due. */
  private Command<?> edit() {
    var id = random.nextInt(8) == 0 ? message() : pick(own.get(user), message());
    int number = 1;
    try {
      var edited = box().ask(new Query.One(id), town.now).edited();
      number = edited == null ? 1 : edited.number() + 1;
    } catch (Rejected e) {
      // There is no such message, and the edit is to be refused for that.
    }
    var text = random.nextInt(30) == 0 ? "" : "edited " + "x".repeat(random.nextInt(40));
    return new Command.Edit(
        id, random.nextInt(12) == 0 ? random.nextInt(4) : number, text, null, text.length());
  }

  /** What goes out overtakes what went out before it, and may come twice. */
  private void shuffle() {
    var first = town.outbox.poll();
    if (first != null) {
      town.outbox.add(first);
      if (random.nextInt(3) == 0) {
        town.outbox.add(first);
      }
    }
  }

  private Query<?> query() {
    var before = new Position(Hlc.ofMillis(town.now - random.nextLong(10_000_000)), "");
    return switch (random.nextInt(10)) {
      case 0 -> new Query.Threads(folder(), null, 20, before);
      case 1 -> new Query.Threads(null, Channel.MAIL, 20, before);
      case 2 -> new Query.Messages(longest(), null, null, 20, before, null);
      case 3 -> new Query.Messages(thread(), null, Channel.CHAT, 20, null, before);
      case 4 -> new Query.One(message());
      case 5 -> new Query.Drafts();
      case 6 -> new Query.Folders();
      case 7 ->
          new Query.Updates(new Cursor(cursorGeneration(), Math.max(0, box().lastSeq() - 30)), 20);
      case 8 ->
          new Query.Outstanding(random.nextBoolean() ? 0 : Math.max(0, box().lastSeq() - 100), 10);
      default -> new Query.DeadLetters();
    };
  }

  /** The thread that grows most. */
  private ThreadId longest() {
    return threads.get(user).isEmpty() ? thread() : threads.get(user).get(0);
  }

  private Command<?> storeFlags(FolderId folder) {
    long since = random.nextBoolean() ? 0 : box().lastSeq() - 50;
    return new Command.StoreFlags(
        folder, uids(folder), props.flags(), FlagsMode.values()[random.nextInt(3)], since);
  }

  private Command<?> place(FolderId from) {
    return new Command.Place(from, uids(from), folder(), random.nextBoolean());
  }

  private Command<?> unread() {
    var all = places.get(user);
    if (all.isEmpty()) {
      return new Command.Unread(thread(), message());
    }
    var place = pick(all, all.get(0));
    return new Command.Unread(place.thread(), place.message());
  }

  /** UIDs of the folder's newest end. */
  private List<Integer> uids(FolderId folder) {
    var header = (Header) box().objects.get(Mailbox.HEADER);
    var f = header == null ? null : header.folder(folder.value());
    int end = f == null ? 10 : f.uidNext();
    var out = new ArrayList<Integer>();
    for (int i = random.nextInt(6) + 1; i > 0; i--) {
      out.add(Math.max(1, end - random.nextInt(random.nextInt(4) == 0 ? 500 : 20)));
    }
    return out;
  }

  private void refusable(Runnable work) {
    try {
      work.run();
    } catch (Rejected e) {
      refused.merge(e.rule().name(), 1, Integer::sum);
    }
  }

  private void run(Command<?> command) {
    told.add(user + " " + command);
    long before = box().lastSeq();
    try {
      var reply = town.submit(user, command);
      if (command instanceof Command.Send c && c.group() != null && reply instanceof Reply.Sent r) {
        groups.get(user).add(r.thread());
      }
      if (box().lastSeq() > before) {
        seqs.get(user).add(box().lastSeq());
      }
      if (random.nextInt(4) == 0 && isRepeatable(command)) {
        repeat(command, reply);
      }
    } catch (Rejected e) {
      refused.merge(e.rule().name(), 1, Integer::sum);
      if (box().lastSeq() != before) {
        throw new AssertionError("refused, and yet written: " + command);
      }
    }
  }

  /**
   * A copy makes another copy, a folder's name is taken then, and what is deleted again is deleted
   * for good.
   */
  private static boolean isRepeatable(Command<?> c) {
    return !(c instanceof Command.Place
        || c instanceof Command.CreateFolder
        || c instanceof Command.Delete
        || c instanceof Command.Due
        || c instanceof Command.Append a && a.contentHash() == null
        || c instanceof Command.DeleteFolder);
  }

  private void repeat(Command<?> command, Reply reply) {
    long before = box().lastSeq();
    var again = town.submit(user, command);
    if (box().lastSeq() != before) {
      throw new AssertionError(
          "a repeat wrote an entry: "
              + command
              + "\n"
              + Codec.decode(box().log.lastEntry().getValue().entry(), null));
    }
    switch (reply) {
      case Reply.Sent r -> same(Reply.Sent.of(r.id(), r.thread(), r.cursor(), false), again);
      case Reply.Delivered r when again instanceof Reply.Delivered a ->
          same(
              r.id() + " " + r.thread() + " " + r.cursor(),
              a.id() + " " + a.thread() + " " + a.cursor());
      case Reply.Done r when again instanceof Reply.Done a -> same(false, a.changed());
      default -> {}
    }
  }

  private static void same(Object a, Object b) {
    if (!a.equals(b)) {
      throw new AssertionError("a repeat was answered otherwise: " + a + ", " + b);
    }
  }

  private void remember(String who, Reply reply) {
    switch (reply) {
      case Reply.Sent r -> {
        remember(who, r.thread(), r.id());
        own.get(who).add(r.id());
      }
      case Reply.Delivered r -> remember(who, r.thread(), r.id());
      case Reply.Appended r -> remember(who, r.thread(), r.id());
      case Reply.FolderMade r -> folders.get(who).add(r.folder());
      case Reply.Done r -> {}
      case Reply.Stored r -> {}
      case Reply.Placed r -> {}
    }
  }

  private void remember(String who, ThreadId thread, MessageId id) {
    places.get(who).add(new Placed(thread, id));
    if (!threads.get(who).contains(thread)) {
      threads.get(who).add(thread);
    }
    messages.get(who).add(id);
  }
}
