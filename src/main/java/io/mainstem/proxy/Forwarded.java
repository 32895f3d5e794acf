package io.mainstem.proxy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One element of a Forwarded field: what one proxy says of the request as it got it (RFC 7239 §4).
 *
 * @param parameters by their names in lower case
 */
record Forwarded(Map<String, String> parameters) {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  /** The client's address (§6); null when it is hidden, unknown or not said. */
  @Nullable InetAddress address() {
    String node = parameters.get("for");
    return node == null ? null : addressOf(node);
  }

  private static @Nullable InetAddress addressOf(String node) {
    String name;
    if (node.startsWith("[")) {
      int end = node.indexOf(']');
      if (end < 0 || !isPort(node.substring(end + 1))) {
        return null;
      }
      name = node.substring(1, end);
      if (name.indexOf(':') < 0) {
        return null;
      }
    } else {
      int colon = node.indexOf(':');
      name = colon < 0 ? node : node.substring(0, colon);
      if (colon >= 0 && !isPort(node.substring(colon))) {
        return null;
      }
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(name);
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** With its colon; digits, or a word that hides it. */
  private static boolean isPort(String text) {
    return text.isEmpty() || text.matches(":(\\d{1,5}|_[A-Za-z0-9._-]+)");
  }

  /**
   * The elements of one field.
   *
   * @throws Malformed when the field keeps not to the grammar of §4
   */
  static List<Forwarded> parse(String field) {
    var reader = new Reader(field);
    var elements = new ArrayList<Forwarded>();
    do {
      elements.add(reader.element());
    } while (reader.skip(','));
    if (!reader.isAtEnd()) {
      throw new Malformed("a Forwarded field that goes on after an element");
    }
    return elements;
  }

  /** Reads on from a place in the field. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    Forwarded element() {
      var parameters = new HashMap<String, String>();
      do {
        skipSpace();
        if (isAtEnd() || text.charAt(at) == ',' || text.charAt(at) == ';') {
          continue; // §4 allows a pair that is not there
        }
        String name = token().toLowerCase(Locale.ROOT);
        if (at >= text.length() || text.charAt(at++) != '=') {
          throw new Malformed("a parameter without a value");
        }
        String value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
        if (parameters.put(name, value) != null) {
          throw new Malformed("a parameter that stands twice");
        }
      } while (skip(';'));
      return new Forwarded(Map.copyOf(parameters));
    }

    private String token() {
      int from = at;
      while (at < text.length() && isTokenChar(text.charAt(at))) {
        at++;
      }
      if (from == at) {
        throw new Malformed("a character that does not belong here");
      }
      return text.substring(from, at);
    }

    /** RFC 9110 §5.6.4. */
    private String quoted() {
      var value = new StringBuilder();
      at++;
      while (at < text.length() && text.charAt(at) != '"') {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at++));
      }
      if (at >= text.length()) {
        throw new Malformed("a quoted value without end");
      }
      at++;
      return value.toString();
    }

    boolean skip(char separator) {
      skipSpace();
      if (at < text.length() && text.charAt(at) == separator) {
        at++;
        return true;
      }
      return false;
    }

    boolean isAtEnd() {
      return at >= text.length();
    }

    private void skipSpace() {
      while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
        at++;
      }
    }

    private static boolean isTokenChar(char c) {
      return c >= 'a' && c <= 'z'
          || c >= 'A' && c <= 'Z'
          || c >= '0' && c <= '9'
          || TOKEN_MARKS.indexOf(c) >= 0;
    }
  }
}
