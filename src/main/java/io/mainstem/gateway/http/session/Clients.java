package io.mainstem.gateway.http.session;

import io.mainstem.proxy.Proxies;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** From which address a request comes, whatever stands between. */
public record Clients(Proxies proxies) {
  public InetAddress of(HttpServerRequest request) {
    try {
      // The text of an address: nothing is looked up.
      var peer = InetAddress.getByName(request.remoteAddress().hostAddress());
      return proxies.client(peer, request.headers().getAll("Forwarded"));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("a connection has an address", e);
    }
  }
}
