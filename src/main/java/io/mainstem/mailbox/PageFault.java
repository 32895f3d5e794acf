package io.mainstem.mailbox;

import java.util.List;

/**
 * Objects (by key) and entries (by a seq in them) are needed that are not in memory. Names as many
 * at once as are known.
 */
public final class PageFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> keys;
  private final transient List<Long> seqs;

  public PageFault(List<String> keys, List<Long> seqs) {
    super("page fault", null, false, false);
    this.keys = List.copyOf(keys);
    this.seqs = List.copyOf(seqs);
  }

  public List<String> keys() {
    return keys;
  }

  public List<Long> seqs() {
    return seqs;
  }
}
