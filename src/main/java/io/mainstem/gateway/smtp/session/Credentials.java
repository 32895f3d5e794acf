package io.mainstem.gateway.smtp.session;

import io.vertx.core.Future;
import java.net.InetAddress;

/** Checks passwords. */
public interface Credentials {
  /** Fails with {@link Refused} (535 5.7.8 when name or password is wrong, whichever it is). */
  Future<Login> check(String name, String password, InetAddress from);
}
