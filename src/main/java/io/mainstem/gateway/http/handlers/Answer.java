package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.mailbox.Reply;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** What an operation answers when it succeeds. */
public record Answer(int status, String type, Buffer body, Map<String, String> headers) {
  private static final String JSON = "application/json; charset=utf-8";

  public static Answer json(String body) {
    return json(200, body);
  }

  public static Answer json(int status, String body) {
    return new Answer(status, JSON, Buffer.buffer(body), Map.of());
  }

  public static Answer done(Reply.Done done) {
    return json(Render.done(done.cursor()));
  }

  public static Answer empty() {
    return new Answer(204, "", Buffer.buffer(), Map.of());
  }

  public Answer with(String header, String value) {
    return new Answer(status, type, body, Map.of(header, value));
  }
}
