package io.mainstem.gateway.http;

import io.mainstem.blob.BlobStore;
import io.mainstem.config.Http;
import io.mainstem.directory.Directory;
import io.mainstem.gateway.http.handlers.Welcome;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mime.Mails;
import io.mainstem.stage.Stages;
import io.vertx.ext.web.Router;
import java.util.function.Consumer;

/**
 * What the gateway is built from.
 *
 * @param maxTextBytes of one message
 * @param secret at least 32 bytes that stay the same over restarts; binds the ids of uploads to
 *     their owners
 * @param extraRoutes what others mount beside the API: health, metrics
 * @param welcome the first steps that a demonstration offers
 */
public record HttpParts(
    Http config,
    MailboxService mailboxes,
    Directory directory,
    BlobStore blobs,
    Mails mails,
    Stages stages,
    int maxTextBytes,
    byte[] secret,
    Consumer<Router> extraRoutes,
    Welcome welcome) {

  /** A server that is no demonstration. */
  public HttpParts(
      Http config,
      MailboxService mailboxes,
      Directory directory,
      BlobStore blobs,
      Mails mails,
      Stages stages,
      int maxTextBytes,
      byte[] secret,
      Consumer<Router> extraRoutes) {
    this(
        config,
        mailboxes,
        directory,
        blobs,
        mails,
        stages,
        maxTextBytes,
        secret,
        extraRoutes,
        Welcome.NONE);
  }
}
