package io.mainstem.gateway.http.handlers;

import io.mainstem.gateway.http.protocol.Cursors;
import io.mainstem.gateway.http.rendering.FrameRenderer;
import io.mainstem.gateway.http.rendering.Render;
import io.mainstem.gateway.http.stream.FrameTexts;
import io.mainstem.gateway.http.stream.Handing;
import io.mainstem.gateway.http.stream.LongPoll;
import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** {@code GET /updates}: what the stream would tell, one answer at a time. */
public record UpdatesHandler(
    Vertx vertx, MailboxService mailboxes, FrameTexts frames, Handing handing, int maxSeconds)
    implements Operation {

  @Override
  public Future<Answer> answer(Call call) {
    var since = call.text("since");
    Future<Cursor> from =
        since == null
            ? mailboxes.query(call.owner(), new Query.Head())
            : Future.succeededFuture(Cursors.read(since, "since"));
    long waitMillis = Math.min(maxSeconds, call.number("wait", 0)) * 1000;
    return from.compose(cursor -> page(call, cursor, waitMillis))
        .recover(
            cause ->
                cause instanceof Rejected rejected && rejected.rule() == Rejected.Rule.RESET
                    ? mailboxes
                        .query(call.owner(), new Query.Head())
                        .map(head -> Answer.json(410, Render.reset(head)))
                    : Future.failedFuture(cause));
  }

  private Future<Answer> page(Call call, Cursor after, long waitMillis) {
    return mailboxes
        .query(call.owner(), new Query.Updates(after, call.limit()))
        .compose(
            page -> {
              var shown = page.frames().stream().anyMatch(FrameRenderer::isShown);
              if (shown || waitMillis <= 0 || call.closed().isComplete()) {
                return answer(call, page);
              }
              // Nothing but bookkeeping since then: wait for something that is shown, then ask
              // again.
              long startedNanos = System.nanoTime();
              return new LongPoll(
                      vertx,
                      mailboxes.watch(call.owner(), page.cursor()),
                      waitMillis,
                      call.closed())
                  .await()
                  .compose(
                      came -> page(call, page.cursor(), came ? left(waitMillis, startedNanos) : 0));
            });
  }

  private static long left(long waitMillis, long startedNanos) {
    return Math.max(0, waitMillis - (System.nanoTime() - startedNanos) / 1_000_000);
  }

  private Future<Answer> answer(Call call, Query.UpdatePage page) {
    page.frames().stream()
        .filter(FrameRenderer::delivers)
        .mapToLong(frame -> frame.cursor().seq())
        .max()
        .ifPresent(seq -> handing.handed(call.owner(), seq));
    return frames
        .texts(call.owner(), page.frames())
        .map(texts -> Answer.json(Render.updates(texts, page.cursor())));
  }
}
