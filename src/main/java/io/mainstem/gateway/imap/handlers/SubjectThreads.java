package io.mainstem.gateway.imap.handlers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** ORDEREDSUBJECT (RFC 5256 §3): one subject is one thread, all answers under the first message. */
final class SubjectThreads {
  private SubjectThreads() {}

  static List<ThreadNode> of(List<SortHandler.Row> rows) {
    rows.sort(
        Comparator.comparingLong(SortHandler.Row::sentMillis)
            .thenComparingInt(SortHandler.Row::uid));
    Map<String, ThreadNode> threads = new LinkedHashMap<>();
    for (SortHandler.Row row : rows) {
      ThreadNode first = threads.get(row.subject().text());
      if (first == null) {
        threads.put(row.subject().text(), new ThreadNode(row));
      } else {
        first.add(new ThreadNode(row));
      }
    }
    return new ArrayList<>(threads.values());
  }
}
