package io.mainstem.gateway.smtp.session;

import io.vertx.core.Future;
import java.net.InetAddress;

/** Checks passwords. */
public interface Credentials {
  /** Fails with {@link Refused} (535 5.7.8 when name or password is wrong, whichever it is). */
  Future<Login> check(String name, String password, InetAddress from);

  /** Begins SCRAM-SHA-256 (RFC 5802) with the client's first message; fails as {@link #check}. */
  Future<Scram> scram(String clientFirst, InetAddress from);

  /** A login of which the client has said its first message. */
  interface Scram {
    String challenge();

    /** Judges the client's final message; fails as {@link #check}. */
    Future<Proved> finish(String clientFinal);
  }

  /**
   * @param proof to be told to the client, that we know the keys too
   */
  record Proved(Login login, String proof) {}
}
