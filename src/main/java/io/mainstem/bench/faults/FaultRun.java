package io.mainstem.bench.faults;

import io.mainstem.bench.faults.Evidence.Entry;
import io.mainstem.bench.faults.Evidence.Followed;
import io.mainstem.bench.faults.Evidence.MailboxSeen;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One fault during load:
 *
 * <pre>
 *   people come ─ write ──┬─ before ─┬─ strike and mend ─┬─ after ─ rest ─ all settled ─ read everything ─ verdict
 *                      warm-up      struck
 * </pre>
 */
public final class FaultRun {
  static final String PASSWORD = "faults-password-1";
  private static final Duration SETTLE = Duration.ofMinutes(4);
  private static final Duration CALM = Duration.ofSeconds(30);
  private static final Duration SERVED = Duration.ofMillis(500);
  private static final int RECOUNTS = 10;
  private static final int READERS = 4;
  private static final long RECOUNT_MILLIS = 1_000;

  /**
   * @param people who write
   * @param perSecond messages of all of them together
   * @param most messages that are written once all is calm: a machine on which a server starts for
   *     minutes would else have more to catch up with than it can
   */
  public record Setting(
      int people,
      int perSecond,
      int most,
      Duration warmUp,
      Duration before,
      Duration after,
      boolean brief) {
    /** What a brief run takes on a machine that has nothing else to do, and half as much again. */
    private static final int MOST_SECONDS = 45;

    public static Setting brief(int people, int perSecond) {
      return new Setting(
          people,
          perSecond,
          perSecond * MOST_SECONDS,
          Duration.ofSeconds(4),
          Duration.ofSeconds(3),
          Duration.ofSeconds(4),
          true);
    }

    public static Setting full(int people, int perSecond) {
      return new Setting(
          people,
          perSecond,
          Integer.MAX_VALUE,
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          false);
    }

    /** The same, with at least so long a time before the fault. */
    Setting warmedUp(Duration atLeast) {
      Duration longer = atLeast.compareTo(warmUp) > 0 ? atLeast : warmUp;
      return new Setting(people, perSecond, most, longer, before, after, brief);
    }
  }

  private final Vertx vertx;
  private final Rig rig;
  private final Setting setting;

  public FaultRun(Vertx vertx, Rig rig, Setting setting) {
    this.vertx = vertx;
    this.rig = rig;
    this.setting = setting;
  }

  /**
   * @param run a word of small letters and digits that no other run on this rig has
   */
  public FaultReport strike(Fault fault, String run) throws IOException, InterruptedException {
    boolean isAside = fault.people() == Fault.People.NEIGHBOURS;
    Rig home = isAside ? rig.neighbour().orElseThrow() : rig;
    rig.awaitBalance();
    List<String> names = addPeople(home, run + "p", setting.people());
    List<String> listeners =
        isAside ? addPeople(rig, run + "q", Math.max(1, setting.people() / 4)) : List.of();
    var doors = new ArrayList<>(home.doors());
    if (fault.people() == Fault.People.TRAVELLERS) {
      doors.addAll(rig.neighbour().orElseThrow().doors());
    }
    try (var load = new Load(vertx, doors, rig.doors(), run, setting.perSecond())) {
      load.come(names, listeners, PASSWORD);
      Map<String, String> began = cursors(load);
      load.write();
      Thread.sleep(setting.warmUp().toMillis());
      awaitCalm(load);
      load.atMost(setting.most());
      Load.Mark before = load.mark();
      Thread.sleep(setting.before().toMillis());
      Load.Mark now = load.mark();
      long calm = before.nanos();
      long struck = now.nanos();
      Instant at = Instant.now();
      load.onLoop(
          () -> {
            load.complaints().begin();
            return null;
          });
      int acknowledged = now.acknowledged() - before.acknowledged();
      int asked = now.asked() - before.asked();
      List<String> odd = new ArrayList<>();
      try {
        fault.strike().on(rig, new Fault.Pace(setting.brief()), names);
      } catch (IOException e) {
        odd.add("not done as it should be: " + e.getMessage());
      }
      Thread.sleep(setting.after().toMillis());
      if (load.onLoop(load.history()::asked) == now.asked()) {
        odd.add("nobody wrote since it struck, so this says nothing about it");
      }
      load.rest();
      boolean settled = load.until(SETTLE, load.history()::isSettled);
      odd.addAll(load.onLoop(load.history()::refusals));
      if (!settled) {
        odd.add("after " + SETTLE.toSeconds() + " s: " + load.onLoop(load.history()::unsettled));
      }
      int held = load.onLoop(() -> load.people().stream().mapToInt(Person::held).sum());
      if (held > 0) {
        odd.add(held + " messages were not written, because too many were unanswered");
      }
      Verdict verdict = judge(load, began, fault.people() == Fault.People.TRAVELLERS);
      return new FaultReport(
          fault.name(),
          verdict,
          asked * 1e9 / (struck - calm),
          acknowledged * 1e9 / (struck - calm),
          load.onLoop(() -> load.history().waits(calm, struck).quantiles()),
          load.onLoop(() -> load.history().waits(struck, System.nanoTime()).quantiles()),
          load.onLoop(() -> load.history().longest(struck, System.nanoTime())),
          load.onLoop(() -> load.people().stream().mapToInt(p -> p.connections() - 2).sum()),
          load.onLoop(() -> load.people().stream().mapToInt(Person::unanswered).sum()),
          load.onLoop(load.complaints()::byKind),
          at,
          ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
          List.copyOf(odd));
    }
  }

  /**
   * Programs that have just been started are still being compiled. What a fault costs is seen when
   * the load is served before it; a machine that cannot is struck all the same, and its figures
   * show that.
   */
  private static void awaitCalm(Load load) throws InterruptedException {
    load.until(
        CALM, () -> load.history().isAcknowledgedUntil(System.nanoTime() - SERVED.toNanos()));
  }

  static List<String> addPeople(Rig home, String prefix, int count)
      throws IOException, InterruptedException {
    var names = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      names.add(prefix + i);
      home.addPerson(names.getLast(), PASSWORD);
    }
    return names;
  }

  private static Map<String, String> cursors(Load load) throws InterruptedException {
    return load.onLoop(
        () -> {
          var cursors = new HashMap<String, String>();
          load.people().forEach(p -> cursors.put(p.name(), p.cursor()));
          return cursors;
        });
  }

  /**
   * Reads everything and checks it. Counts may come a moment after what they count: wrong ones are
   * read again for a while.
   *
   * @param moved whether people have lived in another cell meanwhile
   */
  private Verdict judge(Load load, Map<String, String> began, boolean moved)
      throws InterruptedException {
    for (int recounts = 0; ; recounts++) {
      Verdict verdict = Checker.check(evidence(load, began, moved));
      if (verdict.countsWrong() == 0 || recounts == RECOUNTS) {
        return verdict;
      }
      Thread.sleep(RECOUNT_MILLIS);
    }
  }

  private Evidence evidence(Load load, Map<String, String> began, boolean moved)
      throws InterruptedException {
    List<Person> people = load.onLoop(load::people);
    Map<String, MailboxSeen> mailboxes = read(people, load, began);
    load.until(SETTLE, () -> haveSeen(people, mailboxes));
    List<Followed> followed = load.onLoop(load.history()::allFollowed);
    if (moved) {
      followed = followed.stream().map(FaultRun::inAnyGeneration).toList();
      mailboxes.replaceAll((name, mailbox) -> inAnyGeneration(mailbox));
    }
    return new Evidence(
        load.onLoop(load.history()::allAsked),
        followed.stream().map(f -> until(f, mailboxes)).toList(),
        mailboxes);
  }

  private static Followed inAnyGeneration(Followed device) {
    return new Followed(
        device.user(), device.device(), inAnyGeneration(device.entries()), device.resets());
  }

  private static MailboxSeen inAnyGeneration(MailboxSeen mailbox) {
    return new MailboxSeen(
        mailbox.threads(), inAnyGeneration(mailbox.log()), mailbox.unread(), mailbox.requests());
  }

  private static List<Entry> inAnyGeneration(List<Entry> entries) {
    return entries.stream().map(Entry::inAnyGeneration).toList();
  }

  /** Some mailboxes at a time: most of the time a reader waits. */
  private static Map<String, MailboxSeen> read(
      List<Person> people, Load load, Map<String, String> began) throws InterruptedException {
    var mailboxes = new HashMap<String, MailboxSeen>();
    try (var threads = Executors.newFixedThreadPool(READERS)) {
      var reading = new LinkedHashMap<String, Future<MailboxSeen>>();
      for (int i = 0; i < people.size(); i++) {
        Person person = people.get(i);
        // Not where his devices are: what they were told must be what anybody else would see.
        var reader = new Afterwards(load.client(i + 2), person.token());
        String since = began.getOrDefault(person.name(), "");
        reading.put(person.name(), threads.submit(() -> reader.mailbox(since)));
      }
      for (var each : reading.entrySet()) {
        mailboxes.put(each.getKey(), each.getValue().get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a mailbox cannot be read", e.getCause());
    }
    return mailboxes;
  }

  private static boolean haveSeen(List<Person> people, Map<String, MailboxSeen> mailboxes) {
    for (Person person : people) {
      MailboxSeen mailbox = mailboxes.get(person.name());
      if (mailbox != null
          && !mailbox.log().isEmpty()
          && !person.haveSeen(mailbox.log().getLast().seq())) {
        return false;
      }
    }
    return true;
  }

  /** What a device was told after the log was read is left out, because the log lacks it. */
  private static Followed until(Followed device, Map<String, MailboxSeen> mailboxes) {
    MailboxSeen mailbox = mailboxes.get(device.user());
    if (mailbox == null || mailbox.log().isEmpty()) {
      return device;
    }
    String last = mailbox.log().getLast().seq();
    int end = device.entries().size();
    for (int i = 0; i < device.entries().size(); i++) {
      if (device.entries().get(i).seq().equals(last)) {
        end = i + 1;
      }
    }
    Set<String> inLog = new HashSet<>();
    mailbox.log().forEach(entry -> inLog.add(entry.seq()));
    var kept = new ArrayList<Entry>(device.entries().subList(0, end));
    // Only what is new may stand behind the end; an old entry that comes again is a finding.
    device.entries().subList(end, device.entries().size()).stream()
        .filter(entry -> inLog.contains(entry.seq()))
        .forEach(kept::add);
    return new Followed(device.user(), device.device(), kept, device.resets());
  }
}
