package io.mainstem.mailbox;

import io.mainstem.message.Channel;
import io.mainstem.message.Headers;
import io.mainstem.message.Message;
import io.mainstem.message.Person;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** People, texts, flags and settings for a walk, made at random. Confined to one step. */
final class Props {
  private static final int OUTSIDERS = 500;

  private final SplittableRandom random;
  private final List<String> rfcIds;

  /**
   * @param rfcIds Message-IDs that the user has seen; new ones are added
   */
  Props(SplittableRandom random, List<String> rfcIds) {
    this.random = random;
    this.rfcIds = rfcIds;
  }

  Person somebody() {
    return random.nextInt(4) > 0 ? Town.person(Walk.USERS.get(random.nextInt(3))) : outsider();
  }

  Person outsider() {
    return Town.outsider("p" + random.nextInt(OUTSIDERS) + "@elsewhere.example");
  }

  List<Person> people(int max) {
    var out = new ArrayList<Person>();
    for (int i = random.nextInt(max) + 1; i > 0; i--) {
      out.add(somebody());
    }
    return out;
  }

  Message text(Channel channel, Person from, List<Person> to) {
    var rfc = channel == Channel.MAIL ? "m" + random.nextInt(1 << 20) + "@x" : null;
    var known = rfcIds;
    var reply =
        channel == Channel.MAIL && random.nextInt(3) == 0
            ? known.isEmpty()
                ? null
                : known.get(known.size() - 1 - random.nextInt(Math.min(12, known.size())))
            : null;
    if (rfc != null) {
      known.add(rfc);
    }
    boolean list = channel == Channel.MAIL && random.nextInt(12) == 0;
    boolean machine = channel == Channel.MAIL && random.nextInt(6) == 0;
    var headers =
        new Headers(
            rfc,
            reply,
            reply == null ? List.of() : List.of(reply),
            null,
            List.of(),
            List.of(),
            null,
            list ? "list" + random.nextInt(5) : null,
            null,
            machine,
            null,
            null,
            null);
    return Message.of(
        channel,
        from,
        to,
        channel == Channel.MAIL ? "Re: subject " + random.nextInt(9) : "",
        "t" + random.nextInt(1 << 20),
        headers);
  }

  Set<String> flags() {
    var all = List.of("\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "work", "$Forwarded");
    return random.nextInt(5) == 0 ? Set.of() : Set.of(all.get(random.nextInt(all.size())));
  }

  Command<?> settings() {
    boolean strict = random.nextInt(8) == 0;
    var patch =
        new Settings.Patch(
            random.nextBoolean() ? null : ChannelView.values()[random.nextInt(2)],
            random.nextBoolean()
                ? null
                : strict ? Settings.WhoMayChat.CONTACTS : Settings.WhoMayChat.EVERYONE,
            random.nextBoolean() ? null : random.nextInt(4) > 0,
            random.nextBoolean() ? null : strict,
            random.nextBoolean() ? null : random.nextInt(3) == 0 ? 1 : 0,
            random.nextInt(6) == 0 ? Set.of(outsider().key()) : Set.of(),
            Set.of(),
            random.nextBoolean() ? Map.of() : Map.of("hint", "x" + random.nextInt(3)));
    return new Command.ChangeSettings(patch);
  }
}
