package io.mainstem.gateway.smtp.intake;

import io.mainstem.directory.Account;
import io.mainstem.directory.Address;
import io.mainstem.directory.Directory;
import io.mainstem.directory.Recipient.Local;
import io.mainstem.directory.Recipient.Remote;
import io.mainstem.directory.Recipient.Unknown;
import io.mainstem.gateway.smtp.protocol.ForwardPath;
import io.mainstem.gateway.smtp.session.Recipient;
import io.mainstem.gateway.smtp.session.Refused;
import io.vertx.core.Future;

/** Takes recipients of this server and nobody else (RFC 5321 §3.6.2: no open relay). */
final class RecipientCheck {
  private final Directory directory;
  private final String remoteText;

  /**
   * @param remoteText what is told of recipients on other servers
   */
  RecipientCheck(Directory directory, String remoteText) {
    this.directory = directory;
    this.remoteText = remoteText;
  }

  Future<Recipient> resolve(ForwardPath path) {
    String text =
        switch (path) {
          // RFC 5321 §4.5.1: it has no domain and is always ours.
          case ForwardPath.Postmaster p -> "postmaster@" + directory.domains().defaultName();
          case ForwardPath.To to -> to.mailbox().toString();
        };
    Address address = Address.parse(text);
    if (address == null) {
      return Future.failedFuture(Refused.of(553, 1, 3, named(path, "This address cannot exist")));
    }
    return directory
        .accounts()
        .resolve(address)
        .compose(
            found ->
                switch (found) {
                  case Local local -> Future.succeededFuture(recipient(path, local.account()));
                  case Unknown unknown ->
                      Future.failedFuture(Refused.of(550, 1, 1, named(path, "No such user here")));
                  case Remote remote ->
                      Future.failedFuture(Refused.of(550, 7, 1, named(path, remoteText)));
                });
  }

  /** Of several recipients the sender must know which it is: mail programs show this line alone. */
  private static String named(ForwardPath path, String text) {
    return path + " " + text;
  }

  private static Recipient recipient(ForwardPath path, Account account) {
    return new Recipient(path, account.person(), account.id(), account.generation());
  }
}
