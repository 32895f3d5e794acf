package io.mainstem.gateway.imap.session;

import io.mainstem.directory.Account;
import io.mainstem.directory.Directory;
import io.mainstem.directory.LoginOutcome;
import io.mainstem.directory.Logins;
import io.mainstem.directory.ScramLogin;
import io.mainstem.message.Rejected;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who may log in. Fails with {@link Refused} for a client that may not. */
public interface Credentials {
  Future<Account> check(String name, String password, InetAddress from);

  /** Begins SCRAM-SHA-256 (RFC 5802) with the client's first message. */
  Future<Scram> scram(String clientFirst, InetAddress from);

  /**
   * Whose bearer token this is (RFC 6750).
   *
   * @param identity who the client says it is; empty: whoever the token belongs to
   */
  Future<Account> bearer(String token, String identity);

  /** A login of which the client has said its first message. */
  interface Scram {
    String challenge();

    /** Judges the client's final message; throws {@link Refused}. */
    Proved finish(String clientFinal);
  }

  /**
   * @param proof to be told to the client, that we know the keys too
   */
  record Proved(Account account, String proof) {}

  /** Passwords, and the tokens of sessions, as the directory knows them. */
  static Credentials of(Directory directory) {
    Logins logins = directory.logins();
    return new Credentials() {
      @Override
      public Future<Account> bearer(String token, String identity) {
        return directory
            .sessions()
            .use(token)
            .compose(
                session ->
                    session == null
                        ? Future.<@Nullable Account>succeededFuture()
                        : directory.accounts().byId(session.user()))
            .map(account -> judged(account, identity));
      }

      @Override
      public Future<Account> check(String name, String password, InetAddress from) {
        return logins
            .login(name, password, from.getHostAddress())
            .map(Credentials::judged)
            .recover(Credentials::failed);
      }

      @Override
      public Future<Scram> scram(String clientFirst, InetAddress from) {
        return logins
            .scram(clientFirst, from.getHostAddress())
            .<Scram>map(Exchange::new)
            .recover(Credentials::failed);
      }
    };
  }

  /** {@link ScramLogin} with the refusals of this protocol. */
  record Exchange(ScramLogin login) implements Scram {
    @Override
    public String challenge() {
      return login.challenge();
    }

    @Override
    public Proved finish(String clientFinal) {
      try {
        var result = login.finish(clientFinal);
        return new Proved(judged(result.outcome()), result.proof());
      } catch (Rejected malformed) {
        throw Refused.bad("This is not how SCRAM-SHA-256 goes");
      }
    }
  }

  private static Account judged(@Nullable Account account, String identity) {
    if (account == null || account.disabled()) {
      throw Refused.no("AUTHENTICATIONFAILED", "The token is not valid");
    }
    if (!identity.isEmpty()
        && !identity.equals(account.name())
        && !account.addresses().contains(identity.toLowerCase(Locale.ROOT))) {
      throw Refused.no("AUTHORIZATIONFAILED", "The token belongs to somebody else");
    }
    return account;
  }

  private static Account judged(LoginOutcome outcome) {
    return switch (outcome) {
      case LoginOutcome.Welcome welcome -> welcome.account();
      case LoginOutcome.Wrong wrong ->
          throw Refused.no("AUTHENTICATIONFAILED", "Name or password is wrong");
      case LoginOutcome.Throttled throttled -> throw later();
    };
  }

  private static <T> Future<T> failed(Throwable cause) {
    if (!(cause instanceof Rejected refused)) {
      return Future.failedFuture(cause);
    }
    return Future.failedFuture(
        refused.rule() == Rejected.Rule.INVALID
            ? Refused.bad("This is not how SCRAM-SHA-256 goes")
            : later());
  }

  private static Refused later() {
    return Refused.no("UNAVAILABLE", "Too many logins, try again later");
  }
}
