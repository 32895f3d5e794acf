package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Cursors;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;

/** {@code POST /undo}. */
public record UndoHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var seq = Cursors.read(call.body().getString("seq"), "seq");
    return mailboxes.submit(call.owner(), new Command.Undo(seq.seq())).map(Answer::done);
  }
}
