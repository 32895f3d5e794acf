package io.mainstem.gateway.smtp.intake;

import io.mainstem.blob.BlobReference;
import io.mainstem.blob.BlobStore;
import io.mainstem.config.Smtp;
import io.mainstem.directory.Accounts;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.message.BlobKey;
import io.mainstem.message.MessageId;
import io.mainstem.mime.Mails;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What both ways of a mail, from outside and from our users, work with. Thread-safe. */
public final class Workshop {
  private static final Logger LOG = LoggerFactory.getLogger(Workshop.class);

  private final BlobStore blobs;
  private final Mails mails;
  private final MailboxService mailboxes;
  private final Accounts accounts;
  private final LongSupplier clock;
  private final int maxHops;
  private final SeenReplies seenReplies;

  public Workshop(
      BlobStore blobs,
      Mails mails,
      MailboxService mailboxes,
      Accounts accounts,
      Smtp config,
      LongSupplier nowMillis) {
    this.blobs = blobs;
    this.mails = mails;
    this.mailboxes = mailboxes;
    this.accounts = accounts;
    this.clock = nowMillis;
    this.maxHops = config.maxHops();
    this.seenReplies = new SeenReplies(config.repeatEntries());
  }

  BlobStore blobs() {
    return blobs;
  }

  Mails mails() {
    return mails;
  }

  MailboxService mailboxes() {
    return mailboxes;
  }

  Accounts accounts() {
    return accounts;
  }

  long nowMillis() {
    return clock.getAsLong();
  }

  int maxHops() {
    return maxHops;
  }

  SeenReplies seenReplies() {
    return seenReplies;
  }

  /** A new name for a mail, by which log lines, trace and reply can be brought together. */
  String newName() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return MessageId.of(nowMillis(), random.nextLong(), random.nextLong()).value();
  }

  /** These will not need the blob after all; without any reference it is swept. */
  void release(BlobKey raw, List<BlobReference> references) {
    for (BlobReference reference : references) {
      blobs
          .release(raw, reference)
          .onFailure(cause -> LOG.warn("a reference to a blob that is not needed stays", cause));
    }
  }
}
