package io.mainstem.gateway.smtp.intake;

import io.mainstem.directory.LoginOutcome;
import io.mainstem.directory.Logins;
import io.mainstem.directory.ScramLogin;
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
        .compose(DirectoryCredentials::judged)
        .recover(DirectoryCredentials::failed);
  }

  @Override
  public Future<Scram> scram(String clientFirst, InetAddress from) {
    return logins
        .scram(clientFirst, from.getHostAddress())
        .<Scram>map(Exchange::new)
        .recover(DirectoryCredentials::failed);
  }

  private record Exchange(ScramLogin login) implements Scram {
    @Override
    public String challenge() {
      return login.challenge();
    }

    @Override
    public Future<Proved> finish(String clientFinal) {
      try {
        var result = login.finish(clientFinal);
        return judged(result.outcome()).map(who -> new Proved(who, result.proof()));
      } catch (Rejected malformed) {
        return failed(malformed);
      }
    }
  }

  private static Future<Login> judged(LoginOutcome outcome) {
    return switch (outcome) {
      case LoginOutcome.Welcome welcome ->
          Future.succeededFuture(new Login(welcome.account().id()));
      case LoginOutcome.Wrong wrong ->
          Future.failedFuture(Refused.of(535, 7, 8, "Name or password is wrong"));
      case LoginOutcome.Throttled throttled -> Future.failedFuture(later());
    };
  }

  /** RFC 4954 §6: a temporary failure of authentication, unless the client cannot say it right. */
  private static <T> Future<T> failed(Throwable cause) {
    if (!(cause instanceof Rejected refused)) {
      return Future.failedFuture(cause);
    }
    return Future.failedFuture(
        refused.rule() == Rejected.Rule.INVALID
            ? Refused.of(501, 5, 2, "This is not how SCRAM-SHA-256 goes")
            : later());
  }

  private static Refused later() {
    return Refused.of(454, 7, 0, "Too many logins, try again later");
  }
}
