package io.mainstem.gateway.http.session;

import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Under which hosts this server is spoken to, and from which pages. A cookie says only who, never
 * that he meant it; so what changes something by cookie must come from our own page, and a browser
 * says so by Origin (RFC 6454 §7) or Sec-Fetch-Site. The check of the host keeps a foreign name
 * that points here (DNS rebinding) from being our own page.
 */
public final class Origins {
  private final Set<String> hosts = new HashSet<>();

  public Origins(List<String> hosts) {
    for (var host : hosts) {
      if (!host.isBlank()) {
        this.hosts.add(host.strip().toLowerCase(Locale.ROOT));
      }
    }
  }

  /**
   * @throws Refused MISDIRECTED (RFC 9110 §15.5.20)
   */
  public void checkHost(HttpServerRequest request) {
    var authority = request.authority();
    if (authority == null || !serves(authority.host().toLowerCase(Locale.ROOT))) {
      throw new Refused(
          ProblemType.MISDIRECTED, "The setting http.hosts names the hosts that are served.");
    }
  }

  private boolean serves(String host) {
    return hosts.contains(host) || isLoopbackName(host);
  }

  static boolean isLoopbackName(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.equals("[::1]")
        || host.equals("::1")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }

  /**
   * Refuses what a page of somebody else may have caused.
   *
   * @param mustSay whether the browser must say where it comes from; a login without cookie need
   *     not
   * @throws Refused FOREIGN_ORIGIN
   */
  public void checkOrigin(HttpServerRequest request, boolean mustSay) {
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    var site = request.getHeader("Sec-Fetch-Site");
    if (origin == null && site == null) {
      if (mustSay) {
        throw new Refused(
            ProblemType.FOREIGN_ORIGIN, "A request with a cookie needs Origin or Sec-Fetch-Site.");
      }
      return;
    }
    if (origin != null && !isOurs(origin, request) || site != null && !site.equals("same-origin")) {
      throw new Refused(ProblemType.FOREIGN_ORIGIN);
    }
  }

  /** A WebSocket by cookie must say Origin: browsers always do (RFC 6455 §10.2). */
  public void checkStreamOrigin(HttpServerRequest request) {
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null || !isOurs(origin, request)) {
      throw new Refused(ProblemType.FOREIGN_ORIGIN);
    }
  }

  /**
   * Whether the origin is the host that is asked, by whatever scheme: a proxy may add TLS in front.
   */
  private static boolean isOurs(String origin, HttpServerRequest request) {
    var authority = authorityOf(origin);
    var host = request.getHeader(HttpHeaders.HOST);
    return authority != null && host != null && authority.equals(host.toLowerCase(Locale.ROOT));
  }

  private static @Nullable String authorityOf(String origin) {
    var lower = origin.toLowerCase(Locale.ROOT);
    if (lower.startsWith("http://")) {
      return lower.substring(7);
    }
    return lower.startsWith("https://") ? lower.substring(8) : null;
  }
}
