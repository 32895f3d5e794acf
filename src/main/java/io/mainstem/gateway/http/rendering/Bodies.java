package io.mainstem.gateway.http.rendering;

import io.mainstem.message.MessageId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What lies outside of the log and was fetched for a view: whole texts of long messages, and
 * sanitised HTML.
 */
public record Bodies(Map<MessageId, String> texts, Map<MessageId, String> html) {
  public static final Bodies NONE = new Bodies(Map.of(), Map.of());

  @Nullable String text(MessageId id) {
    return texts.get(id);
  }

  @Nullable String html(MessageId id) {
    return html.get(id);
  }
}
