package io.mainstem.mailbox.state;

import org.infinispan.protostream.annotations.Proto;

/**
 * The end of an ordered sequence of pages, where nearly everything is added; what lies before it is
 * found by its {@link PageTable}.
 *
 * @param page number of the last page in order
 * @param pages how many pages were ever made; the next gets this number
 * @param stamp and {@code id}: the first position of the last page (zero and empty for page 0)
 * @param count entries in the last page
 */
@Proto
public record Tail(int page, int pages, long stamp, String id, int count) {
  public static final Tail EMPTY = new Tail(0, 1, 0, "", 0);

  /** Whether this position lies in the last page or after it. */
  public boolean holds(long atStamp, String atId) {
    return Ref.compare(atStamp, atId, stamp, id) >= 0;
  }

  public Tail withCount(int newCount) {
    return new Tail(page, pages, stamp, id, newCount);
  }
}
