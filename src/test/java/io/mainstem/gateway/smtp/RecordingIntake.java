package io.mainstem.gateway.smtp;

import io.mainstem.gateway.smtp.protocol.ForwardPath;
import io.mainstem.gateway.smtp.protocol.ReversePath;
import io.mainstem.gateway.smtp.session.Incoming;
import io.mainstem.gateway.smtp.session.Intake;
import io.mainstem.gateway.smtp.session.Login;
import io.mainstem.gateway.smtp.session.Peer;
import io.mainstem.gateway.smtp.session.Recipient;
import io.mainstem.gateway.smtp.session.Refused;
import io.mainstem.gateway.smtp.session.Session;
import io.mainstem.message.Person;
import io.mainstem.message.Rejected;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps mails in memory for users of mainstem.test; "full" has no space, "disk" stands for a full disk. */
final class RecordingIntake implements Intake {
  record Mail(String reversePath, List<String> recipients, String text) {}

  final List<Mail> mails = new ArrayList<>();
  int open;
  int seen;

  @Override
  public Future<Void> admit(Peer peer, ReversePath reversePath) {
    Login login = peer.login();
    if (login != null && !reversePath.toString().equals("<" + login.user() + "@mainstem.test>")) {
      return Future.failedFuture(Refused.of(550, 7, 1, "Not your address"));
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Recipient> resolve(Peer peer, ForwardPath path) {
    if (path instanceof ForwardPath.To to) {
      if (!to.mailbox().domain().toString().equalsIgnoreCase("mainstem.test")) {
        return Future.failedFuture(Refused.of(550, 7, 1, "No relay"));
      }
      if (to.mailbox().localPart().equals("nobody")) {
        return Future.failedFuture(new Rejected(Rejected.Rule.UNKNOWN_RECIPIENT, "nobody"));
      }
    }
    return Future.succeededFuture(new Recipient(path, new Person("x@mainstem.test", null, new UserId("x")), new UserId("x"), 1));
  }

  @Override
  public Future<Incoming> open(Session.Open session) {
    if (session.envelope().recipients().getFirst().path().toString().startsWith("<disk@")) {
      return Future.failedFuture(new Rejected(Rejected.Rule.STORE_FULL, "full"));
    }
    open++;
    var text = new StringBuilder();
    return Future.succeededFuture(
        new Incoming() {
          @Override
          public Future<Void> write(Buffer bytes) {
            text.append(bytes.toString(StandardCharsets.ISO_8859_1));
            return Future.succeededFuture();
          }

          @Override
          public Future<String> finish() {
            open--;
            List<String> recipients =
                session.envelope().recipients().stream().map(r -> r.path().toString()).toList();
            if (recipients.equals(List.of("<full@mainstem.test>"))) {
              return Future.failedFuture(new Rejected(Rejected.Rule.OVER_QUOTA, "full"));
            }
            mails.add(new Mail(session.envelope().reversePath().toString(), recipients, text.toString()));
            return Future.succeededFuture("M" + mails.size());
          }

          @Override
          public void onReplySeen() {
            seen++;
          }

          @Override
          public void abandon() {
            open--;
          }
        });
  }
}
