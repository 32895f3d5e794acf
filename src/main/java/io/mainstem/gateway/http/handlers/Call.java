package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Cursors;
import io.mainstem.gateway.http.protocol.Fields;
import io.mainstem.gateway.http.session.Caller;
import io.mainstem.mailbox.Position;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.MessageId;
import io.mainstem.message.ThreadId;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that the contract has accepted.
 *
 * @param caller null for the operations that need no session
 * @param address from where, for throttling
 * @param device what the client says that it is
 * @param body empty where the operation takes none
 * @param closed completes when the client has gone
 */
public record Call(
    @Nullable Caller caller,
    String address,
    String device,
    Map<String, String> path,
    Map<String, Object> query,
    JsonObject body,
    Future<Void> closed) {
  private static final int DEFAULT_LIMIT = 50;

  /** The owner of the mailbox that is asked. */
  public UserId owner() {
    return who().user();
  }

  public Caller who() {
    if (caller == null) {
      throw new IllegalStateException("an operation without a session has no owner");
    }
    return caller;
  }

  /** The {@code {id}} of the path. */
  public String id() {
    return path.getOrDefault("id", "");
  }

  public ThreadId thread() {
    return Fields.threadIn(id());
  }

  public MessageId message() {
    return Fields.messageIn(id());
  }

  public @Nullable FolderId folder() {
    return text("folder") instanceof String folder ? Fields.folderIn(folder) : null;
  }

  public @Nullable Channel channel() {
    return text("channel") instanceof String word ? Fields.channel(word) : null;
  }

  public int limit() {
    return (int) number("limit", DEFAULT_LIMIT);
  }

  public @Nullable Position position(String name) {
    return text(name) instanceof String text ? Cursors.readPosition(text, name) : null;
  }

  public @Nullable String text(String name) {
    return (String) query.get(name);
  }

  public long number(String name, long otherwise) {
    return query.get(name) instanceof Long number ? number : otherwise;
  }

  public boolean flag(String name) {
    return Boolean.TRUE.equals(query.get(name));
  }
}
