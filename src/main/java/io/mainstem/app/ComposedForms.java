package io.mainstem.app;

import io.mainstem.mailbox.MailForms;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.mime.MailComposer;

/** Mailboxes learn the size of what {@link MailComposer} will make. */
public final class ComposedForms implements MailForms {
  @Override
  public int version() {
    return MailComposer.VERSION;
  }

  @Override
  public long sizeBytes(Message message, MessageId id, MailForm form) {
    return MailComposer.sizeBytes(message, id, form);
  }
}
