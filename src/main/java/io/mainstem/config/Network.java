package io.mainstem.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Addresses that share their first bits, written {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or as
 * one address. A name is none: nothing is looked up.
 *
 * @param first its lowest address
 * @param bits how many bits are the same in all
 */
public record Network(InetAddress first, int bits) {
  private static final String ALLOWED =
      "addresses or networks such as 192.0.2.1, 10.0.0.0/8, 2001:db8::/32";

  public Network {
    byte[] address = first.getAddress();
    if (bits < 0 || bits > 8 * address.length) {
      throw new IllegalArgumentException("a length that the address does not have");
    }
    for (int bit = bits; bit < 8 * address.length; bit++) {
      if ((address[bit / 8] >> (7 - bit % 8) & 1) != 0) {
        throw new IllegalArgumentException("not the first address of its network");
      }
    }
  }

  /**
   * @throws IllegalArgumentException when the text is no network
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    byte[] bytes =
        NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
    if (bytes == null) {
      throw new IllegalArgumentException("no address");
    }
    try {
      // An IPv4 address in IPv6 form becomes IPv4, as that of a connection does.
      var first = InetAddress.getByAddress(bytes);
      return new Network(
          first,
          slash < 0 ? 8 * first.getAddress().length : Integer.parseInt(text.substring(slash + 1)));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no address", e);
    }
  }

  public boolean contains(InetAddress other) {
    byte[] mine = first.getAddress();
    byte[] its = other.getAddress();
    if (mine.length != its.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      if (((mine[bit / 8] ^ its[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * @throws ConfigException when one of the texts is no network
   */
  static void check(String key, List<String> networks) {
    for (String network : networks) {
      try {
        var unused = parse(network);
      } catch (IllegalArgumentException e) {
        throw new ConfigException(
            "%s = \"%s\" is not allowed (%s): %s".formatted(key, network, e.getMessage(), ALLOWED));
      }
    }
  }
}
