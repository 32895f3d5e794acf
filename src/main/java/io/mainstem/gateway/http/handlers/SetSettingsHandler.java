package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Fields;
import io.mainstem.mailbox.ChannelView;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.mailbox.Settings;
import io.mainstem.mailbox.Settings.WhoMayChat;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code PUT /settings}: what is not named stays. A whole list of who is blocked becomes the
 * difference to what was.
 */
public record SetSettingsHandler(MailboxService mailboxes) implements Operation {
  @Override
  public Future<Answer> answer(Call call) {
    var body = call.body();
    var whole = body.getJsonArray("blocked");
    Future<Set<String>> before =
        whole == null
            ? Future.succeededFuture(Set.of())
            : mailboxes
                .query(call.owner(), new Query.GetSettings())
                .map(at -> at.settings().blocked());
    return before
        .compose(
            blocked ->
                mailboxes.submit(call.owner(), new Command.ChangeSettings(patch(body, blocked))))
        .map(Answer::done);
  }

  private static Settings.Patch patch(JsonObject body, Set<String> before) {
    var block = keys(body.getJsonArray("block"));
    var unblock = keys(body.getJsonArray("unblock"));
    if (body.containsKey("blocked")) {
      var wanted = keys(body.getJsonArray("blocked"));
      before.stream().filter(key -> !wanted.contains(key)).forEach(unblock::add);
      wanted.stream().filter(key -> !before.contains(key)).forEach(block::add);
    }
    return new Settings.Patch(
        channels(body.getString("channels")),
        whoMayChat(body.getString("whoMayChat")),
        body.getBoolean("receipts"),
        body.getBoolean("screenMail"),
        body.getInteger("retentionDays"),
        block,
        unblock,
        page(body.getJsonObject("page")));
  }

  private static @Nullable ChannelView channels(@Nullable String word) {
    return word == null ? null : word.equals("apart") ? ChannelView.APART : ChannelView.TOGETHER;
  }

  private static @Nullable WhoMayChat whoMayChat(@Nullable String word) {
    return word == null
        ? null
        : word.equals("contacts") ? WhoMayChat.CONTACTS : WhoMayChat.EVERYONE;
  }

  /** A person's id on the wire is a user id or an address; his key says which. */
  private static Set<String> keys(@Nullable JsonArray ids) {
    var out = new HashSet<String>();
    for (var id : Fields.texts(ids)) {
      out.add(isUserId(id) ? "u:" + id : "a:" + id);
    }
    return out;
  }

  private static boolean isUserId(String id) {
    try {
      return new UserId(id).value().equals(id);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Map<String, String> page(@Nullable JsonObject page) {
    var out = new HashMap<String, String>();
    if (page != null) {
      page.forEach(entry -> out.put(entry.getKey(), (String) entry.getValue()));
    }
    return out;
  }
}
