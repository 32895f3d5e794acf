package io.mainstem.gateway.http.handlers;

import io.mainstem.mailbox.ChannelView;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.ThreadSettings;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** {@code POST /threads/{id}/settings}: what is not named stays. */
public record SetThreadSettingsHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var thread = call.thread();
    return mailboxes
        .query(call.owner(), new Query.Thread(thread, null))
        .compose(
            view ->
                mailboxes.submit(
                    call.owner(),
                    new Command.ChangeThread(thread, changed(view.settings(), call.body()))))
        .map(Answer::done);
  }

  private static ThreadSettings changed(ThreadSettings before, JsonObject change) {
    var channels = change.getString("channels");
    return new ThreadSettings(
        change.getBoolean("muted", before.muted()),
        switch (channels) {
          case null -> before.channels();
          case "together" -> ChannelView.TOGETHER;
          case "apart" -> ChannelView.APART;
          default -> null;
        });
  }
}
