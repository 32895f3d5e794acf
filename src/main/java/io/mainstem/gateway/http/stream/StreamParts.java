package io.mainstem.gateway.http.stream;

import io.mainstem.config.Http;
import io.mainstem.gateway.http.handlers.Sending;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.stage.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all streams of one event loop share. */
record StreamParts(
    Http.Stream config,
    MailboxService mailboxes,
    Streams streams,
    FrameTexts frames,
    Sending sending,
    Typing typing,
    Handing handing,
    Pulse pulse,
    StreamMetrics metrics,
    Stage stage) {
  private static final Logger log = LoggerFactory.getLogger(StreamSession.class);

  Logger log() {
    return log;
  }
}
