package io.mainstem.gateway.smtp;

import io.mainstem.gateway.smtp.session.Credentials;
import io.mainstem.gateway.smtp.session.Login;
import io.mainstem.gateway.smtp.session.Refused;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import java.net.InetAddress;

/** Everybody's password is {@code secret-NAME}; by SCRAM there is the user of RFC 7677 §3 alone. */
final class TestCredentials implements Credentials {
  private static final String NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

  @Override
  public Future<Login> check(String name, String password, InetAddress from) {
    return password.equals("secret-" + name)
        ? Future.succeededFuture(new Login(new UserId(name)))
        : Future.failedFuture(wrong());
  }

  @Override
  public Future<Scram> scram(String clientFirst, InetAddress from) {
    if (!clientFirst.equals("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")) {
      return Future.failedFuture(Refused.of(501, 5, 2, "This is not how SCRAM-SHA-256 goes"));
    }
    return Future.succeededFuture(
        new Scram() {
          @Override
          public String challenge() {
            return "r=" + NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
          }

          @Override
          public Future<Proved> finish(String clientFinal) {
            return clientFinal.equals(
                    "c=biws,r=" + NONCE + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
                ? Future.succeededFuture(
                    new Proved(
                        new Login(new UserId("alice")),
                        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))
                : Future.failedFuture(wrong());
          }
        });
  }

  private static Refused wrong() {
    return Refused.of(535, 7, 8, "Name or password is wrong");
  }
}
