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
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps mails in memory for users of mainstem.test; "full" has no space, "disk" stands for a full
 * disk, "tight" for one that fills up meanwhile.
 */
final class RecordingIntake implements Intake {
  record Mail(String reversePath, List<String> recipients, String text) {}

  final List<Mail> mails = new ArrayList<>();

  /** What is answered later; null when all is answered at once. */
  private final @Nullable Deque<Runnable> later;

  int open;
  int seen;

  RecordingIntake(@Nullable Deque<Runnable> later) {
    this.later = later;
  }

  private <T> Future<T> answer(Future<T> answer) {
    if (later == null) {
      return answer;
    }
    Promise<T> promise = Promise.promise();
    later.add(() -> answer.onComplete(promise));
    return promise.future();
  }

  @Override
  public Future<Void> admit(Peer peer, ReversePath reversePath) {
    Login login = peer.login();
    if (login != null && !reversePath.toString().equals("<" + login.user() + "@mainstem.test>")) {
      return answer(Future.failedFuture(Refused.of(550, 7, 1, "Not your address")));
    }
    return answer(Future.succeededFuture());
  }

  @Override
  public Future<Recipient> resolve(Peer peer, ForwardPath path) {
    return answer(resolved(path));
  }

  private static Future<Recipient> resolved(ForwardPath path) {
    if (path instanceof ForwardPath.To to) {
      if (!to.mailbox().domain().toString().equalsIgnoreCase("mainstem.test")) {
        return Future.failedFuture(Refused.of(550, 7, 1, "No relay"));
      }
      if (to.mailbox().localPart().equals("nobody")) {
        return Future.failedFuture(new Rejected(Rejected.Rule.UNKNOWN_RECIPIENT, "nobody"));
      }
    }
    return Future.succeededFuture(
        new Recipient(
            path, new Person("x@mainstem.test", null, new UserId("x")), new UserId("x"), 1));
  }

  @Override
  public Future<Incoming> open(Session.Open session) {
    return answer(opened(session));
  }

  private Future<Incoming> opened(Session.Open session) {
    if (session.envelope().recipients().getFirst().path().toString().startsWith("<disk@")) {
      return Future.failedFuture(new Rejected(Rejected.Rule.STORE_FULL, "full"));
    }
    open++;
    var text = new StringBuilder();
    return Future.succeededFuture(
        new Incoming() {
          @Override
          public Future<Void> write(Buffer bytes) {
            if (session
                .envelope()
                .recipients()
                .getFirst()
                .path()
                .toString()
                .startsWith("<tight@")) {
              return answer(Future.failedFuture(new Rejected(Rejected.Rule.STORE_FULL, "full")));
            }
            text.append(bytes.toString(StandardCharsets.ISO_8859_1));
            return answer(Future.succeededFuture());
          }

          @Override
          public Future<String> finish() {
            return answer(finished());
          }

          private Future<String> finished() {
            open--;
            List<String> recipients =
                session.envelope().recipients().stream().map(r -> r.path().toString()).toList();
            if (recipients.equals(List.of("<full@mainstem.test>"))) {
              return Future.failedFuture(new Rejected(Rejected.Rule.OVER_QUOTA, "full"));
            }
            mails.add(
                new Mail(session.envelope().reversePath().toString(), recipients, text.toString()));
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
