package io.mainstem.proxy;

import io.mainstem.config.Network;
import java.net.InetAddress;
import java.util.List;

/** The balancers that are believed. */
public record Proxies(List<Network> networks) {
  public static final Proxies NONE = new Proxies(List.of());

  /**
   * @param networks as configured, which is checked there
   */
  public static Proxies of(List<String> networks) {
    return new Proxies(networks.stream().map(Network::parse).toList());
  }

  public boolean trusts(InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  /**
   * Who asks, by the Forwarded fields of a request (RFC 7239 §5.2), read from the end: each proxy
   * wrote the last element that it had, and is asked only while it is believed itself. A proxy that
   * hides whom it speaks for, or writes what is no such field, stands for him.
   *
   * @param peer at the other end of the connection
   * @param fields the values of all fields of that name, in their order
   */
  public InetAddress client(InetAddress peer, List<String> fields) {
    InetAddress client = peer;
    for (int i = fields.size() - 1; i >= 0; i--) {
      List<Forwarded> elements;
      try {
        elements = Forwarded.parse(fields.get(i));
      } catch (Malformed e) {
        return client;
      }
      for (int j = elements.size() - 1; j >= 0; j--) {
        InetAddress said = elements.get(j).address();
        if (!trusts(client) || said == null) {
          return client;
        }
        client = said;
      }
    }
    return client;
  }
}
