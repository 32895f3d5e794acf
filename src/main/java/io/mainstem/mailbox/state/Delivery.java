package io.mainstem.mailbox.state;

import io.mainstem.mailbox.MessageView.StatusCounts;
import io.mainstem.mailbox.Status;
import org.jspecify.annotations.Nullable;

/** What became of a message that the owner sent, read from watermarks and failures. */
public final class Delivery {
  private Delivery() {}

  public static @Nullable Failure failure(ThreadObject t, Ref ref, Recipient r) {
    for (Failure f : t.failures()) {
      if (f.message().equals(ref.id()) && f.recipient().key().equals(r.person().key())) {
        return f;
      }
    }
    return null;
  }

  /** The seq that this recipient's watermarks are compared with; 0: it failed for him. */
  public static long origin(ThreadObject t, Ref ref, Recipient r) {
    var failure = failure(t, ref, r);
    return failure == null ? ref.origin() : failure.retried();
  }

  /**
   * Whether this recipient is told of an edit: everybody with a mailbox here; others, to whom a
   * message goes once, only while they do not have it.
   */
  public static boolean isTold(long origin, Recipient r) {
    return origin > 0 && (r.person().user() != null || r.handed() < origin);
  }

  /** The row that brings this recipient what the message says now; 0: it failed for him. */
  public static long row(ThreadObject t, Ref ref, Recipient r) {
    long origin = origin(t, ref, r);
    return ref.revision() == null || ref.erased() && origin <= r.handed() || !isTold(origin, r)
        ? origin
        : Math.max(origin, ref.contentRow());
  }

  public static Status status(ThreadObject t, Ref ref, Recipient r) {
    long origin = origin(t, ref, r);
    if (origin == 0) {
      return Status.FAILED;
    }
    return r.read() >= origin
        ? Status.READ
        : r.delivered() >= origin ? Status.DELIVERED : Status.SENT;
  }

  /** How far it came for how many. */
  public static StatusCounts counts(ThreadObject t, Ref ref) {
    int all = 0;
    int delivered = 0;
    int read = 0;
    int failed = 0;
    for (int i = 0; i < t.recipients().size(); i++) {
      var r = t.recipients().get(i);
      if (ref.origin() > 0 && r.gets(ref, i)) {
        all++;
        switch (status(t, ref, r)) {
          case READ -> {
            read++;
            delivered++;
          }
          case DELIVERED -> delivered++;
          case FAILED -> failed++;
          case SENT -> {}
        }
      }
    }
    return new StatusCounts(all, delivered, read, failed);
  }

  /** One status for all: failed when it failed for anybody, else what all have reached. */
  public static Status status(StatusCounts c) {
    if (c.failed() > 0) {
      return Status.FAILED;
    }
    if (c.recipients() == 0) {
      return Status.SENT;
    }
    return c.read() == c.recipients()
        ? Status.READ
        : c.delivered() == c.recipients() ? Status.DELIVERED : Status.SENT;
  }
}
