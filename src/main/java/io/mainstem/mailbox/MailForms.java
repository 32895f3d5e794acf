package io.mainstem.mailbox;

import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;

/**
 * What a decision needs of whoever renders mail: how large the RFC 5322 form of a message is, which
 * its placement tells for ever. A pure function.
 */
public interface MailForms {
  /** Of a mailbox whose messages nobody asks for as mail: the size is that of the message. */
  MailForms NONE =
      new MailForms() {
        @Override
        public int version() {
          return 1;
        }

        @Override
        public long sizeBytes(Message message, MessageId id, MailForm form) {
          return message.sizeBytes();
        }
      };

  /** The version of the rules for what is written now. */
  int version();

  long sizeBytes(Message message, MessageId id, MailForm form);
}
