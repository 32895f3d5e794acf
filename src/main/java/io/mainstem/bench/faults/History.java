package io.mainstem.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.mainstem.bench.faults.Evidence.Asked;
import io.mainstem.bench.faults.Evidence.Entry;
import io.mainstem.bench.faults.Evidence.Followed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What people asked, what they were answered, and what their devices were told, with the times.
 * Confined to the load's event loop.
 */
final class History {
  private static final Pattern MARK = Pattern.compile("<[a-z0-9]+\\.[0-9]+>");
  private static final long NEVER = 0;

  private static final class Letter {
    private final String from;
    private final String to;
    private final long dueNanos;
    private long acknowledgedNanos = NEVER;

    /** When each device of the two had it. */
    private final Map<DeviceLog, Long> at = new LinkedHashMap<>(4);

    Letter(String from, String to, long dueNanos) {
      this.from = from;
      this.to = to;
      this.dueNanos = dueNanos;
    }
  }

  /** What one device is told. */
  final class DeviceLog {
    private final String user;
    private final int number;
    private final List<Entry> entries = new ArrayList<>();
    private int resets;

    private DeviceLog(String user, int number) {
      this.user = user;
      this.number = number;
    }

    void onEntry(JsonNode frame) {
      List<String> marks = marksOf(frame);
      entries.add(new Entry(frame.get("seq").asText(), marks));
      long now = System.nanoTime();
      for (String mark : marks) {
        Letter letter = letters.get(mark);
        if (letter != null) {
          letter.at.putIfAbsent(this, now);
        }
      }
    }

    void onReset() {
      resets++;
    }

    /** Looks from the end, where it most likely stands. */
    boolean hasSeen(String seq) {
      String number = Entry.number(seq);
      for (Entry entry : entries.reversed()) {
        if (Entry.number(entry.seq()).equals(number)) {
          return true;
        }
      }
      return false;
    }
  }

  private final String run;
  private final Map<String, Letter> letters = new LinkedHashMap<>();
  private final List<DeviceLog> devices = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();
  private int acknowledged;

  /** Whose waits are of no interest. */
  private final Set<String> overlooked = new HashSet<>();

  /**
   * @param run a word that no other history has, of small letters and digits
   */
  History(String run) {
    this.run = run;
  }

  DeviceLog device(String user, int number) {
    var device = new DeviceLog(user, number);
    devices.add(device);
    return device;
  }

  /** How long this one waits is not asked; what is lost or doubled is. */
  void overlook(String user) {
    overlooked.add(user);
  }

  /** A message is about to be sent; its mark. */
  String ask(String from, String to, long dueNanos) {
    String mark = "<" + run + "." + letters.size() + ">";
    letters.put(mark, new Letter(from, to, dueNanos));
    return mark;
  }

  void acknowledge(String mark) {
    Letter letter = letters.get(mark);
    if (letter != null && letter.acknowledgedNanos == NEVER) {
      letter.acknowledgedNanos = System.nanoTime();
      acknowledged++;
    }
  }

  /** The server said that it will never take this. */
  void refuse(String mark, String why) {
    refusals.add(mark + ": " + why);
  }

  List<String> refusals() {
    return List.copyOf(refusals);
  }

  int asked() {
    return letters.size();
  }

  int acknowledged() {
    return acknowledged;
  }

  /** Whether nothing of what was due some time ago still waits for its acknowledgement. */
  boolean isAcknowledgedUntil(long nanos) {
    return letters.values().stream()
        .noneMatch(letter -> letter.acknowledgedNanos == NEVER && letter.dueNanos - nanos < 0);
  }

  /** Whether all is acknowledged, and at all devices of those whom it concerns. */
  boolean isSettled() {
    return unsettled() == null;
  }

  /** Something that is not acknowledged or not everywhere, in words; null when there is nothing. */
  @Nullable String unsettled() {
    for (var each : letters.entrySet()) {
      Letter letter = each.getValue();
      if (letter.acknowledgedNanos == NEVER) {
        return each.getKey() + " of " + letter.from + " is not acknowledged";
      }
      for (DeviceLog device : devices) {
        if ((device.user.equals(letter.from) || device.user.equals(letter.to))
            && !letter.at.containsKey(device)) {
          return each.getKey() + " is not at device " + device.number + " of " + device.user;
        }
      }
    }
    return null;
  }

  /** The waits that ended between two moments. */
  Waits waits(long sinceNanos, long untilNanos) {
    var waits = new Waits(sinceNanos);
    devices.stream()
        .map(device -> device.user)
        .filter(user -> !overlooked.contains(user))
        .forEach(waits::person);
    for (Letter letter : letters.values()) {
      // Who was never answered waits still.
      long answered = letter.acknowledgedNanos == NEVER ? untilNanos : letter.acknowledgedNanos;
      if (answered <= untilNanos) {
        waits.waited(letter.from, letter.dueNanos, answered);
      }
      if (letter.acknowledgedNanos != NEVER) {
        letter.at.forEach(
            (device, at) -> {
              if (at <= untilNanos && !overlooked.contains(device.user)) {
                waits.waited(device.user, letter.acknowledgedNanos, at);
              }
            });
      }
    }
    return waits;
  }

  /** The longest of these waits, in words: where to look for why. */
  String longest(long sinceNanos, long untilNanos) {
    long most = -1;
    String words = "nobody waited";
    for (var each : letters.entrySet()) {
      Letter letter = each.getValue();
      long answered = letter.acknowledgedNanos == NEVER ? untilNanos : letter.acknowledgedNanos;
      String due =
          each.getKey() + " of " + letter.from + ", due at " + millis(sinceNanos, letter.dueNanos);
      if (answered >= sinceNanos && answered <= untilNanos && answered - letter.dueNanos > most) {
        most = answered - letter.dueNanos;
        words = due + ", was acknowledged at " + millis(sinceNanos, answered);
      }
      for (var at : letter.at.entrySet()) {
        long came = at.getValue();
        if (letter.acknowledgedNanos != NEVER
            && !overlooked.contains(at.getKey().user)
            && came >= sinceNanos
            && came <= untilNanos
            && came - letter.acknowledgedNanos > most) {
          most = came - letter.acknowledgedNanos;
          words =
              "%s, acknowledged at %s, was at device %d of %s at %s"
                  .formatted(
                      due,
                      millis(sinceNanos, letter.acknowledgedNanos),
                      at.getKey().number,
                      at.getKey().user,
                      millis(sinceNanos, came));
        }
      }
    }
    return words;
  }

  private static String millis(long sinceNanos, long nanos) {
    return (nanos - sinceNanos) / 1_000_000 + " ms";
  }

  List<Asked> allAsked() {
    var all = new ArrayList<Asked>();
    letters.forEach(
        (mark, letter) ->
            all.add(new Asked(mark, letter.from, letter.to, letter.acknowledgedNanos != NEVER)));
    return all;
  }

  List<Followed> allFollowed() {
    var all = new ArrayList<Followed>();
    for (DeviceLog d : devices) {
      all.add(new Followed(d.user, d.number, List.copyOf(d.entries), d.resets));
    }
    return all;
  }

  /** The marks of the messages that arrive with a frame. */
  static List<String> marksOf(JsonNode frame) {
    var marks = new ArrayList<String>(1);
    for (JsonNode change : frame.path("changes")) {
      if ("message".equals(change.path("type").asText()) && change.path("arrived").asBoolean()) {
        String mark = markIn(change.path("message").path("text").asText());
        if (!mark.isEmpty()) {
          marks.add(mark);
        }
      }
    }
    return marks;
  }

  /** The mark in a text; empty when there is none. */
  static String markIn(String text) {
    Matcher m = MARK.matcher(text);
    return m.find() ? m.group() : "";
  }
}
