package io.mainstem.app.demo;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.blob.BlobWriter;
import io.mainstem.directory.Account;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.MessageView;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Reply;
import io.mainstem.message.BlobKey;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Headers;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.ThreadId;
import io.mainstem.mime.Mails;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the story: what lies some days back is put into both mailboxes as an import would, what is
 * new is sent. Each step waits for the one before, so the order is the same every time.
 */
final class DemoStory {
  /** Name to log in with, and name to show. */
  static final Map<String, String> PEOPLE = people();

  /** How long the node may take to hand over one message. */
  private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(20);

  private static final long LOOK_MILLIS = 10;

  private final Vertx vertx;
  private final MailboxService mailboxes;
  private final BlobStore blobs;
  private final Mails mails;
  private final Instant base;
  private final Map<String, Account> accounts;

  /**
   * @param accounts of all people, by name
   */
  DemoStory(
      Vertx vertx,
      MailboxService mailboxes,
      BlobStore blobs,
      Mails mails,
      Instant base,
      Map<String, Account> accounts) {
    this.vertx = vertx;
    this.mailboxes = mailboxes;
    this.blobs = blobs;
    this.mails = mails;
    this.base = base;
    this.accounts = Map.copyOf(accounts);
  }

  private static Map<String, String> people() {
    var people = new LinkedHashMap<String, String>();
    people.put("alice", "Alice Liddell");
    people.put("bob", "Bob Marchetti");
    people.put("carol", "Carol Nakamura");
    return people;
  }

  private Account alice() {
    return Objects.requireNonNull(accounts.get("alice"));
  }

  private Account bob() {
    return Objects.requireNonNull(accounts.get("bob"));
  }

  private Account carol() {
    return Objects.requireNonNull(accounts.get("carol"));
  }

  private interface Step {
    Future<?> take();
  }

  Future<Void> tell() {
    var steps = new ArrayList<Step>();
    steps.add(() -> mail("list-1", Duration.ofHours(70), true));
    steps.add(() -> mail("list-2", Duration.ofHours(68), true));
    steps.add(
        () ->
            pastChat(
                alice(), bob(), "past-0", Duration.ofHours(67), "Are you back from the lake?"));
    steps.add(
        () ->
            pastChat(
                bob(),
                alice(),
                "past-1",
                Duration.ofMinutes(66 * 60 + 50),
                "Since an hour. Six hours by train, and worth every minute."));
    steps.add(
        () ->
            pastChat(
                bob(),
                alice(),
                "past-2",
                Duration.ofMinutes(66 * 60 + 49),
                "I am sorting the photos now. There are about four hundred."));
    steps.add(
        () ->
            pastChat(
                alice(),
                bob(),
                "past-3",
                Duration.ofMinutes(66 * 60 + 40),
                "Four hundred! Please begin with the best three 🙂"));
    steps.add(() -> pictureMail("lake", Duration.ofHours(45)));
    steps.add(
        () ->
            pastChat(
                alice(),
                bob(),
                "past-4",
                Duration.ofMinutes(44 * 60 + 12),
                "That one goes on my wall."));
    steps.add(() -> mail("german", Duration.ofHours(26), true));
    steps.add(
        () ->
            pastChat(
                alice(),
                bob(),
                "past-5",
                Duration.ofHours(23),
                "Do you have it in full size? I know a good print shop."));
    steps.add(
        () ->
            pastChat(
                bob(),
                alice(),
                "past-6",
                Duration.ofMinutes(22 * 60 + 55),
                "I do. I will bring it along."));
    steps.add(() -> mail("dora", Duration.ofHours(20), true));
    steps.add(() -> mail("newsletter", Duration.ofHours(7), false));
    steps.add(() -> mail("list-3", Duration.ofHours(3), false));
    steps.add(() -> accept(alice(), "past-1"));
    steps.add(() -> accept(bob(), "past-0"));
    steps.add(
        () ->
            chat(
                carol(),
                alice(),
                "carol",
                "Hello Alice, this is Carol from the choir. Would you sing the alto part with us in"
                    + " spring?"));
    steps.add(() -> arrival(alice(), "carol"));
    steps.add(this::failingMail);
    steps.add(this::arabicGroup);
    steps.add(() -> chat(alice(), bob(), "coffee", "Coffee on Saturday? The usual place."));
    steps.add(() -> arrival(bob(), "coffee"));
    steps.add(() -> read(bob(), "coffee"));
    steps.add(() -> chat(bob(), alice(), "ten", "Yes! Ten o'clock?"));
    steps.add(
        () -> chat(bob(), alice(), "surprise", "And I have a surprise for your wall with me."));
    steps.add(() -> arrival(alice(), "surprise"));
    Future<?> told = Future.succeededFuture();
    for (Step step : steps) {
      told = told.compose(ignored -> step.take());
    }
    return told.mapEmpty();
  }

  // ---- what lies back

  private Future<?> pastChat(Account from, Account to, String name, Duration ago, String text) {
    Message message = chatMessage(from, to, text);
    return append(from, name, message, FolderId.CHATS, ago, true)
        .compose(done -> append(to, name, message, FolderId.CHATS, ago, true));
  }

  private Future<?> pictureMail(String name, Duration ago) {
    return stored(name, ago, List.of(alice(), bob()))
        .compose(raw -> mails.read(raw, bob().address()))
        .map(mail -> mail.withPeople(bob().person(), List.of(alice().person()), mail.cc()))
        .compose(
            mail ->
                append(bob(), name, mail, FolderId.SENT, ago, true)
                    .compose(done -> append(alice(), name, mail, FolderId.INBOX, ago, true)));
  }

  /** A mail from outside to Alice. */
  private Future<?> mail(String name, Duration ago, boolean read) {
    return stored(name, ago, List.of(alice()))
        .compose(raw -> mails.read(raw, null))
        .map(
            mail ->
                mail.withPeople(
                    mail.from(), mail.to().stream().map(this::known).toList(), mail.cc()))
        .compose(mail -> append(alice(), name, mail, FolderId.INBOX, ago, read));
  }

  private Future<BlobKey> stored(String name, Duration ago, List<Account> readers) {
    List<BlobReference> references =
        readers.stream().map(one -> new BlobReference(one.id(), one.generation())).toList();
    byte[] raw = DemoMail.render(name, base.minus(ago), accounts, this::id);
    return blobs
        .create()
        .compose(
            (BlobWriter writer) ->
                writer
                    .write(Buffer.buffer(raw))
                    .compose(done -> writer.commit(references))
                    .onFailure(e -> writer.abort()));
  }

  private Future<Reply.Appended> append(
      Account owner, String name, Message message, FolderId folder, Duration ago, boolean read) {
    return mailboxes.submit(
        owner.id(),
        Command.Append.of(
            id(name),
            folder,
            message,
            read ? Set.of("\\Seen") : Set.of(),
            base.minus(ago).toEpochMilli(),
            0,
            "demo/" + name));
  }

  /** Says that these two know each other. */
  private Future<?> accept(Account owner, String name) {
    return one(owner, name)
        .compose(message -> mailboxes.submit(owner.id(), new Command.Accept(message.thread())));
  }

  // ---- what is new

  private Future<Reply.Sent> chat(Account from, Account to, String name, String text) {
    return send(from, List.of(to.person()), null, null, name, chatMessage(from, to, text));
  }

  /** Nothing goes to other servers yet, so this fails, and shows how. */
  private Future<?> failingMail() {
    var dora = new Person("dora@elsewhere.example", "Dora Elsewhere", null);
    String text =
        "Dear Dora,\n\nplease do! They are ripe now. Bring the largest baskets you have.\n\nAlice";
    String asked = rfcId("dora", "elsewhere.example");
    var headers =
        Headers.of(rfcId("apples", "mainstem.test"), asked, List.of(asked), base.toEpochMilli());
    var mail =
        Message.of(Channel.MAIL, alice().person(), List.of(dora), "Re: Apples?", text, headers);
    return send(alice(), List.of(dora), null, null, "apples", mail);
  }

  private String rfcId(String name, String host) {
    return id(name).value().toLowerCase(Locale.ROOT) + "@" + host;
  }

  private Future<?> arabicGroup() {
    Message greeting =
        chatMessage(bob(), alice(), "صباح الخير يا أليس! هل كتبتِ الحروف الجديدة أمس؟");
    Message answer = chatMessage(alice(), bob(), "صباح النور! نعم، وكتبت اسمي أيضًا: أليس.");
    return send(bob(), List.of(alice().person()), null, "دروس العربية", "arabic-1", greeting)
        .compose(sent -> arrival(alice(), "arabic-1"))
        .compose(
            arrived ->
                read(alice(), "arabic-1")
                    .compose(
                        done ->
                            send(alice(), List.of(), arrived.thread(), null, "arabic-2", answer)))
        .compose(sent -> arrival(bob(), "arabic-2"))
        .compose(arrived -> read(bob(), "arabic-2"));
  }

  private Future<Reply.Sent> send(
      Account from,
      List<Person> to,
      @Nullable ThreadId thread,
      @Nullable String group,
      String name,
      Message message) {
    Message addressed =
        thread == null ? message : message.withPeople(message.from(), List.of(), message.cc());
    return mailboxes.submit(from.id(), Command.Send.of(id(name), thread, addressed, to, group));
  }

  private Future<Reply.Done> read(Account reader, String name) {
    return one(reader, name)
        .compose(
            message ->
                mailboxes.submit(reader.id(), new Command.Read(message.thread(), message.seq())));
  }

  private Future<MessageView> one(Account owner, String name) {
    return mailboxes.query(owner.id(), new Query.One(id(name)));
  }

  /** Waits until the message stands in this mailbox. */
  private Future<MessageView> arrival(Account owner, String name) {
    return arrival(owner, name, System.nanoTime() + ARRIVAL_LIMIT.toNanos());
  }

  private Future<MessageView> arrival(Account owner, String name, long untilNanos) {
    return one(owner, name)
        .recover(
            e ->
                e instanceof Rejected rejected
                        && rejected.rule() == Rejected.Rule.NOT_FOUND
                        && System.nanoTime() < untilNanos
                    ? vertx.timer(LOOK_MILLIS).compose(ignored -> arrival(owner, name, untilNanos))
                    : Future.failedFuture(e));
  }

  // ---- messages

  /** The same name always gets the same id, so that a story that was cut short is told on. */
  private MessageId id(String name) {
    return MessageId.of(base.toEpochMilli(), 0xdea0, name.hashCode() & 0xffffffffL);
  }

  private static Message chatMessage(Account from, Account to, String text) {
    return Message.of(Channel.CHAT, from.person(), List.of(to.person()), "", text, Headers.NONE);
  }

  /** A recipient who has an account is meant with it. */
  private Person known(Person person) {
    return accounts.values().stream()
        .filter(account -> account.address().equals(person.address()))
        .findFirst()
        .map(Account::person)
        .orElse(person);
  }
}
