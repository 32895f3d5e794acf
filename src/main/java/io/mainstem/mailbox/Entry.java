package io.mainstem.mailbox;

import io.mainstem.mailbox.state.Content;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decision: all its events, numbered {@code first} to {@code first + events.size() - 1}, in one
 * row of the log.
 *
 * @param settled the highest settled seq known when it was written
 * @param atMillis when it was decided
 * @param contents beside the events, in their order; empty when there is none or it was redacted
 */
public record Entry(
    long first, long settled, long atMillis, List<Event> events, List<Content> contents) {
  public Entry {
    events = List.copyOf(events);
    contents = List.copyOf(contents);
    if (events.isEmpty()) {
      throw new IllegalArgumentException("an entry has at least one event");
    }
  }

  /** Without content. */
  public Entry(long first, long settled, long atMillis, List<Event> events) {
    this(first, settled, atMillis, events, List.of());
  }

  /**
   * What stands beside the event with this index; null when there is nothing, or it was redacted.
   */
  public @Nullable Content content(int index) {
    return index < contents.size() ? contents.get(index) : null;
  }

  public long last() {
    return first + events.size() - 1;
  }
}
