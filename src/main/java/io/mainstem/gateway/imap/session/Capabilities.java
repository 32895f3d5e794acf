package io.mainstem.gateway.imap.session;

import io.mainstem.config.Imap;
import io.mainstem.config.Submission.AuthWithoutTls;

/** What is announced (RFC 9051 §7.2.2). Whatever stands here is done. */
public final class Capabilities {
  private static final String ALWAYS = "IMAP4rev1 IMAP4rev2 SASL-IR LITERAL+ ID ENABLE";
  private static final String MAILBOX =
      " IDLE COMPRESS=DEFLATE NAMESPACE UIDPLUS MULTIAPPEND REPLACE METADATA NOTIFY MOVE UNSELECT"
          + " CHILDREN LIST-EXTENDED LIST-STATUS SPECIAL-USE STATUS=SIZE CONDSTORE QRESYNC ESEARCH"
          + " WITHIN SORT THREAD=REFERENCES THREAD=ORDEREDSUBJECT OBJECTID SAVEDATE PREVIEW"
          + " SEARCHRES BINARY UTF8=ACCEPT ACL RIGHTS=kxte QUOTA QUOTA=RES-STORAGE"
          + " QUOTA=RES-MESSAGE APPENDLIMIT=";

  private Capabilities() {}

  public static String of(Session session, Imap config) {
    return switch (session) {
      case Session.Fresh fresh ->
          ALWAYS
              + (fresh.isProtected() ? "" : " STARTTLS")
              + (mayLogin(fresh, config)
                  ? " AUTH=SCRAM-SHA-256 AUTH=OAUTHBEARER AUTH=PLAIN AUTH=LOGIN"
                  : " LOGINDISABLED"); // RFC 9051 §6.2.3
      case Session.Authenticated a -> ALWAYS + MAILBOX + config.limits().maxMessageBytes();
      case Session.Selected s -> ALWAYS + MAILBOX + config.limits().maxMessageBytes();
    };
  }

  /** Whether a password may be sent now: not in the clear, but where the operator allows it. */
  public static boolean mayLogin(Session.Fresh session, Imap config) {
    return session.isProtected()
        || config.authWithoutTls() == AuthWithoutTls.ALWAYS
        || config.authWithoutTls() == AuthWithoutTls.LOOPBACK
            && session.client().isLoopbackAddress();
  }
}
