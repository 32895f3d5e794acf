package io.mainstem.gateway.smtp.intake;

import io.mainstem.directory.LoginOutcome;
import io.mainstem.directory.Logins;
import io.mainstem.gateway.smtp.session.Credentials;
import io.mainstem.gateway.smtp.session.Login;
import io.mainstem.gateway.smtp.session.Refused;
import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import java.net.InetAddress;

/** Passwords as the directory knows them. */
public final class DirectoryCredentials implements Credentials {
  private final Logins logins;

  public DirectoryCredentials(Logins logins) {
    this.logins = logins;
  }

  @Override
  public Future<Login> check(String name, String password, InetAddress from) {
    return logins
        .login(name, password, from.getHostAddress())
        .compose(
            outcome ->
                switch (outcome) {
                  case LoginOutcome.Welcome welcome ->
                      Future.succeededFuture(new Login(welcome.account().id()));
                  case LoginOutcome.Wrong wrong ->
                      Future.failedFuture(Refused.of(535, 7, 8, "Name or password is wrong"));
                  case LoginOutcome.Throttled throttled -> Future.failedFuture(later());
                })
        .recover(
            cause ->
                // RFC 4954 §6: a temporary failure of authentication.
                Future.failedFuture(cause instanceof Rejected ? later() : cause));
  }

  private static Refused later() {
    return Refused.of(454, 7, 0, "Too many logins, try again later");
  }
}
