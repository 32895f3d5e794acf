package io.mainstem.gateway.http.protocol;

import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.MessageId;
import io.mainstem.message.ThreadId;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Fields of requests as nouns. An id that cannot exist is not found, like one that does not. */
public final class Fields {
  private Fields() {}

  public static @Nullable ThreadId thread(@Nullable String text) {
    return text == null ? null : threadIn(text);
  }

  /**
   * @throws Refused NOT_FOUND
   */
  public static ThreadId threadIn(String text) {
    try {
      return new ThreadId(text);
    } catch (IllegalArgumentException e) {
      throw new Refused(ProblemType.NOT_FOUND);
    }
  }

  /**
   * @throws Refused NOT_FOUND
   */
  public static MessageId messageIn(String text) {
    if (!MessageId.isUlid(text)) {
      throw new Refused(ProblemType.NOT_FOUND);
    }
    return new MessageId(text);
  }

  /** A folder's id, or the name of one that every mailbox has, in any case. */
  public static FolderId folderIn(String text) {
    try {
      return new FolderId(text.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Refused(ProblemType.NOT_FOUND);
    }
  }

  public static Channel channel(String word) {
    return switch (word) {
      case "mail" -> Channel.MAIL;
      case "chat" -> Channel.CHAT;
      case "sms" -> Channel.SMS;
      default -> throw new Malformed("A channel is mail, chat or sms.", "channel");
    };
  }

  public static List<String> texts(@Nullable JsonArray array) {
    if (array == null) {
      return List.of();
    }
    var out = new ArrayList<String>(array.size());
    for (int i = 0; i < array.size(); i++) {
      out.add(array.getString(i));
    }
    return out;
  }
}
