package io.mainstem.faults;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was asked of the server and what it acknowledged. Every message bears a mark that no other
 * bears; after the faults the mailboxes are held against this.
 */
final class History {
  /**
   * A message asked for. {@code people} are all whose mailbox must hold it once it is acknowledged.
   */
  record Asked(String mark, List<String> people) {}

  private final Map<String, Asked> asked = new ConcurrentHashMap<>();
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

  void ask(String mark, List<String> people) {
    asked.put(mark, new Asked(mark, people));
  }

  void acknowledge(String mark) {
    acknowledged.add(mark);
  }

  boolean isAcknowledged(String mark) {
    return acknowledged.contains(mark);
  }

  int unanswered() {
    return asked.size() - acknowledged.size();
  }

  int acknowledged() {
    return acknowledged.size();
  }

  Collection<Asked> all() {
    return asked.values();
  }

  /**
   * What was acknowledged and is not (yet) where it must be, in words; at most {@code limit} of it.
   */
  List<String> missing(Map<String, ? extends Collection<String>> marks, int limit) {
    return acknowledged.stream()
        .flatMap(
            mark ->
                asked.get(mark).people().stream()
                    .filter(p -> !marks.get(p).contains(mark))
                    .map(p -> mark + " for " + p + " of " + asked.get(mark)))
        .limit(limit)
        .toList();
  }

  /**
   * Whether each acknowledged message is in each of its mailboxes; {@code marks} of a person in any
   * order.
   */
  boolean isComplete(Map<String, ? extends Collection<String>> marks) {
    return acknowledged.stream()
        .allMatch(
            mark ->
                asked.get(mark).people().stream()
                    .allMatch(p -> marks.containsKey(p) && marks.get(p).contains(mark)));
  }

  /** All that is wrong with these mailboxes, in words; empty when nothing is. */
  List<String> verdict(Map<String, List<String>> marks) {
    var wrong = new ArrayList<String>();
    for (String mark : acknowledged) {
      for (String person : asked.get(mark).people()) {
        if (!marks.getOrDefault(person, List.of()).contains(mark)) {
          wrong.add("lost: " + mark + " was acknowledged and is not in the mailbox of " + person);
        }
      }
    }
    marks.forEach(
        (person, list) -> {
          var count = new HashMap<String, Integer>();
          for (String mark : list) {
            count.merge(mark, 1, Integer::sum);
          }
          count.forEach(
              (mark, n) -> {
                if (n > 1) {
                  wrong.add(
                      "duplicated: " + mark + " is " + n + " times in the mailbox of " + person);
                }
                Asked a = asked.get(mark);
                if (a == null || !a.people().contains(person)) {
                  wrong.add("invented: " + mark + " in the mailbox of " + person);
                }
              });
        });
    return wrong;
  }
}
