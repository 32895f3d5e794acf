package io.mainstem.app;

import io.vertx.core.Future;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;

/** Turns what a socket says when it cannot listen into what a person can act on. */
final class Listening {
  private Listening() {}

  /**
   * Names the settings in the failure of a gateway's start.
   *
   * @param section the configuration's section with {@code host} and {@code port}
   */
  static <T> Future<T> named(Future<T> started, String section, String host, int port) {
    return started.recover(
        failure -> {
          String variable =
              "MAINSTEM_" + section.toUpperCase(Locale.ROOT).replace('.', '_') + "_PORT";
          return Future.failedFuture(
              switch (failure) {
                case BindException busy ->
                    new StartFailure(
                        "Cannot listen on %s:%d: %s. Choose another port with --set %s.port=… (or %s); 0 picks a free one."
                            .formatted(host, port, busy.getMessage(), section, variable),
                        busy);
                case UnknownHostException unknown -> unknownHost(section, host, unknown);
                case UnresolvedAddressException unknown -> unknownHost(section, host, unknown);
                default -> failure;
              });
        });
  }

  private static StartFailure unknownHost(String section, String host, Exception cause) {
    return new StartFailure(
        "Cannot listen on %s: no such address. Set %s.host.".formatted(host, section), cause);
  }
}
