package io.mainstem.mailbox;

import io.mainstem.message.BlobKey;
import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Hlc;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A few mailboxes that write to one another, with a clock that the test moves. Confined to one
 * test.
 */
final class Town {
  static final long START = 1_700_000_000_000L;

  final Map<String, SimMailbox> mailboxes = new LinkedHashMap<>();
  final ArrayDeque<Query.Outgoing> outbox = new ArrayDeque<>();
  final ArrayDeque<Query.Receipt> receipts = new ArrayDeque<>();
  final TreeMap<String, Integer> commands = new TreeMap<>();
  long now = START;

  /** Is told of every reply. */
  BiConsumer<String, Reply> replies = (user, reply) -> {};

  private long chance = 7;

  Town(String... users) {
    for (String u : users) {
      mailboxes.put(u, new SimMailbox(u));
    }
  }

  SimMailbox at(String user) {
    return mailboxes.get(user);
  }

  static Person person(String user) {
    return new Person(user + "@mainstem.test", user, new UserId(user));
  }

  static Person outsider(String address) {
    return new Person(address, null, null);
  }

  /** What the world decides for itself: id and chance. */
  long chance() {
    chance = chance * 6364136223846793005L + 1442695040888963407L;
    return chance;
  }

  MessageId id() {
    return MessageId.of(now, chance() >>> 40, chance());
  }

  <R extends Reply> R submit(String user, Command<R> command) {
    now += 1;
    var box = at(user);
    var decision = box.submit(command, now, chance());
    if (decision.entry() != null) {
      outbox.addAll(Mailbox.outgoing(box.user, decision.entry()));
      receipts.addAll(Mailbox.receipts(box.user, decision.entry()));
    }
    commands.merge(command.getClass().getSimpleName(), 1, Integer::sum);
    replies.accept(user, decision.reply());
    return decision.reply();
  }

  <R> R ask(String user, Query<R> query) {
    return at(user).ask(query, now);
  }

  /** Hands over one message; says whether there was one. */
  boolean handOver() {
    var o = outbox.poll();
    if (o == null) {
      return false;
    }
    var to = o.recipient().user();
    if (to != null && mailboxes.containsKey(to.value())) {
      submit(to.value(), o.deliver());
      submit(
          o.sender().value(),
          new Command.Report(to, List.of(new Command.Progress(o.thread(), o.seq(), 0, 0))));
    }
    return true;
  }

  /** Tells one receipt. */
  boolean tell() {
    var r = receipts.poll();
    if (r == null) {
      return false;
    }
    if (mailboxes.containsKey(r.sender().value())) {
      submit(r.sender().value(), new Command.Report(r.reader(), List.of(r.progress())));
      submit(r.reader().value(), new Command.ReceiptsTold(r.sender(), List.of(r.progress())));
    }
    return true;
  }

  /** Until nothing is left to do. */
  void settle() {
    while (handOver() || tell()) {}
  }

  static Message message(
      Channel channel, Person from, List<Person> to, String subject, String text) {
    return Message.of(channel, from, to, subject, text, Headers.NONE);
  }

  /** What a mail program hands in, with its bytes. */
  Command.Send submission(Message m, String raw, List<Person> recipients) {
    var mail =
        new Message(
            m.channel(),
            m.from(),
            m.to(),
            m.cc(),
            m.subject(),
            m.text(),
            null,
            null,
            List.of(),
            new BlobKey(raw),
            m.sizeBytes(),
            m.headers());
    return Command.Send.of(id(), null, mail, recipients, null);
  }

  Reply.Sent chat(String from, String text, String... to) {
    return send(Channel.CHAT, from, "", text, to);
  }

  Reply.Sent mail(String from, String subject, String text, String... to) {
    return send(Channel.MAIL, from, subject, text, to);
  }

  Reply.Sent send(Channel channel, String from, String subject, String text, String... to) {
    var people = new ArrayList<Person>();
    for (String t : to) {
      people.add(t.contains("@") ? outsider(t) : person(t));
    }
    return submit(
        from,
        Command.Send.of(
            id(), null, message(channel, person(from), people, subject, text), people, null));
  }

  Reply.Sent answer(String from, ThreadId thread, String text) {
    return submit(
        from,
        Command.Send.of(
            id(),
            thread,
            message(Channel.CHAT, person(from), List.of(), "", text),
            List.of(),
            null));
  }

  Reply.Delivered arrives(String user, Message message) {
    return submit(
        user, Command.Deliver.of(id(), "smtp", null, Hlc.ofMillis(now), message, null, null));
  }

  List<ThreadView> threads(String user) {
    return ask(user, new Query.Threads(null, null, 100, null)).threads();
  }

  List<MessageView> messages(String user, ThreadId thread) {
    return ask(user, new Query.Messages(thread, null, null, 500, null, null)).messages();
  }

  Counts counts(String user) {
    return ask(user, new Query.GetCounts()).counts();
  }
}
