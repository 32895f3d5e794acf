package io.mainstem.mailbox.host;

import io.mainstem.mailbox.Counts;
import io.mainstem.mailbox.Cursor;
import io.mainstem.message.UserId;

/** Is told of a user's counts after each settled entry that changed them. */
@FunctionalInterface
public interface CountSink {
  void onCounts(UserId user, Counts counts, Cursor cursor);
}
