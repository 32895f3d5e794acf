package io.mainstem.gateway.http.stream;

import io.mainstem.gateway.http.handlers.BodyFetcher;
import io.mainstem.gateway.http.handlers.UploadIds;
import io.mainstem.gateway.http.rendering.Bodies;
import io.mainstem.gateway.http.rendering.FrameRenderer;
import io.mainstem.mailbox.Frame;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Frames as texts, the same for stream and long-polling. Complete at once unless a text must be
 * fetched from a blob.
 */
public record FrameTexts(BodyFetcher bodies, UploadIds uploads) {

  public Future<String> text(UserId owner, Frame frame) {
    var fetch = FrameRenderer.withLongText(frame);
    return fetch.isEmpty()
        ? Future.succeededFuture(render(owner, frame, Bodies.NONE))
        : bodies.texts(fetch).map(found -> render(owner, frame, found));
  }

  private String render(UserId owner, Frame frame, Bodies found) {
    return FrameRenderer.render(
        owner, frame, found, draft -> uploads.idsOf(owner, draft.attachments()));
  }

  /** Those of the frames that are told at all, in order. */
  public Future<List<String>> texts(UserId owner, List<Frame> frames) {
    Future<List<String>> all = Future.succeededFuture(new ArrayList<>());
    for (var frame : frames) {
      if (FrameRenderer.isShown(frame)) {
        all = all.compose(texts -> text(owner, frame).onSuccess(texts::add).map(texts));
      }
    }
    return all;
  }
}
