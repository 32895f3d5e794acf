package io.mainstem.gateway.imap;

import io.mainstem.gateway.imap.handlers.AppendHandler;
import io.mainstem.gateway.imap.protocol.CommandParser.Tagged;
import io.mainstem.gateway.imap.session.Outcome;
import org.jspecify.annotations.Nullable;

/** How a conversation reads the bytes that come next. */
sealed interface Reading {
  Reading COMMAND = new Command();

  record Command() implements Reading {}

  /**
   * A message of APPEND or REPLACE.
   *
   * @param append the command up to it
   * @param message null when it was refused, and is skipped
   */
  record Message(Tagged append, AppendHandler.@Nullable Arriving message, long left)
      implements Reading {}

  /** What stands behind a message: the line end, or another message (RFC 3502). */
  record MessageEnd(Tagged append, AppendHandler.@Nullable Arriving message) implements Reading {}

  record Response(String tag, Outcome.Exchange exchange) implements Reading {}

  record Idle(String tag, @Nullable MailboxWatch watch) implements Reading {}

  record Handshake() implements Reading {}

  record Closed() implements Reading {}
}
