package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Opening a mailbox and delivering to it load as much when it is large as when it is small. */
class CostTest {
  /** What a cold mailbox had to load. */
  private record Cost(int objects, long bytes) {}

  private final Town town = new Town("alice");
  private int stored;

  /** Mail of 1 in 10 senders is new; every hundredth message stands in one long thread. */
  private void grow(int messages) {
    var random = new SplittableRandom(messages);
    for (; stored < messages; stored++) {
      var from = stored % 100 == 0 ? sender(0) : sender(1 + random.nextInt(1 + stored / 10));
      var mail =
          Town.message(Channel.MAIL, from, List.of(Town.person("alice")), "s", "text " + stored);
      town.submit(
          "alice",
          Command.Append.of(town.id(), FolderId.INBOX, mail, Set.of("\\Seen"), town.now, 0, null));
    }
  }

  private static Person sender(int n) {
    return Town.outsider("p" + n + "@elsewhere.example");
  }

  private Cost cold(Runnable work) {
    var box = town.at("alice");
    box.dropSome(new SplittableRandom(1), 1.1);
    box.faults.clear();
    box.loadedBytes = Codec.encodeObject(box.objects.get(Mailbox.HEADER)).length;
    work.run();
    return new Cost(box.faults.values().stream().mapToInt(n -> n).sum(), box.loadedBytes);
  }

  private List<Cost> costs() {
    var out = new ArrayList<Cost>();
    out.add(
        cold(
            () ->
                assertEquals(
                    50,
                    town.ask("alice", new Query.Threads(FolderId.INBOX, null, 50, null))
                        .threads()
                        .size())));
    var longest =
        town.ask("alice", new Query.Thread(town.arrives("alice", mail(0)).thread(), null)).id();
    out.add(
        cold(
            () ->
                assertTrue(
                    town.ask("alice", new Query.Messages(longest, null, null, 10, null, null))
                            .messages()
                            .size()
                        >= 10)));
    out.add(cold(() -> assertTrue(town.arrives("alice", mail(0)).created())));
    out.add(cold(() -> assertTrue(town.arrives("alice", mail(-stored)).created())));
    return out;
  }

  private static Message mail(int from) {
    return Town.message(Channel.MAIL, sender(from), List.of(Town.person("alice")), "s", "new");
  }

  @Test
  void aLargeMailboxOpensLikeASmallOne() {
    grow(1_000);
    var small = costs();
    grow(12_000);
    var large = costs();
    System.out.println("cold at 1,000:  open, read, deliver, deliver from a stranger: " + small);
    System.out.println("cold at 12,000: open, read, deliver, deliver from a stranger: " + large);
    for (int i = 0; i < small.size(); i++) {
      // An index has a page more to look at in each generation, and there are log4(n / 256) of
      // them.
      assertTrue(
          large.get(i).objects() <= small.get(i).objects() + 12,
          "objects: " + small.get(i) + ", " + large.get(i));
      assertTrue(
          large.get(i).bytes() <= small.get(i).bytes() * 2 + 250_000,
          "bytes: " + small.get(i) + ", " + large.get(i));
    }
  }
}
