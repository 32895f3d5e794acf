package io.mainstem.mailbox;

import java.util.List;

/**
 * A decision: all its events, numbered {@code first} to {@code first + events.size() - 1}, in one row of the log.
 *
 * @param settled the highest settled seq known when it was written
 * @param atMillis when it was decided
 */
public record Entry(long first, long settled, long atMillis, List<Event> events) {
  public Entry {
    events = List.copyOf(events);
    if (events.isEmpty()) {
      throw new IllegalArgumentException("an entry has at least one event");
    }
  }

  public long last() {
    return first + events.size() - 1;
  }
}
