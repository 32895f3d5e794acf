package io.mainstem.gateway.http.session;

import io.mainstem.directory.Directory;
import io.mainstem.directory.Session;
import io.mainstem.gateway.http.protocol.ProblemType;
import io.mainstem.gateway.http.protocol.Refused;
import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: by the token in the Authorization header (RFC 6750 §2.1), else by the cookie. A cookie
 * counts only together with a sign that the request comes from our own page.
 */
public final class Authentication {
  public static final String COOKIE = "mainstem_session";
  private static final String BEARER = "bearer ";

  private final Directory directory;
  private final Origins origins;
  private final long sessionSeconds;

  public Authentication(Directory directory, Origins origins, long sessionSeconds) {
    this.directory = directory;
    this.origins = origins;
    this.sessionSeconds = sessionSeconds;
  }

  /** Fails with UNAUTHENTICATED or FOREIGN_ORIGIN. */
  public Future<Caller> caller(HttpServerRequest request) {
    var bearer = bearer(request);
    if (bearer != null) {
      return caller(bearer, false);
    }
    var cookie = cookie(request);
    if (cookie == null) {
      return Future.failedFuture(new Refused(ProblemType.UNAUTHENTICATED));
    }
    return caller(cookie, true)
        .map(
            caller -> {
              if (!isSafe(request.method())) {
                origins.checkOrigin(request, true);
              }
              return caller;
            });
  }

  /** Of a stream: a cookie needs our Origin, also though the request is a GET. */
  public Future<Caller> streamCaller(HttpServerRequest request) {
    return caller(request)
        .map(
            caller -> {
              if (caller.byCookie()) {
                origins.checkStreamOrigin(request);
              }
              return caller;
            });
  }

  private Future<Caller> caller(String token, boolean byCookie) {
    return directory
        .sessions()
        .use(token)
        .compose(
            session ->
                session == null
                    ? Future.failedFuture(new Refused(ProblemType.UNAUTHENTICATED))
                    : directory
                        .accounts()
                        .byId(session.user())
                        .compose(
                            account ->
                                account == null || account.disabled()
                                    ? Future.failedFuture(new Refused(ProblemType.UNAUTHENTICATED))
                                    : Future.succeededFuture(
                                        new Caller(
                                            account,
                                            session.id(),
                                            session.expiresMillis(),
                                            byCookie))));
  }

  /** RFC 9110 §9.2.1. */
  private static boolean isSafe(HttpMethod method) {
    return method.equals(HttpMethod.GET)
        || method.equals(HttpMethod.HEAD)
        || method.equals(HttpMethod.OPTIONS);
  }

  private static @Nullable String bearer(HttpServerRequest request) {
    var header = request.getHeader(HttpHeaders.AUTHORIZATION);
    return header != null && header.toLowerCase(Locale.ROOT).startsWith(BEARER)
        ? header.substring(BEARER.length()).strip()
        : null;
  }

  private static @Nullable String cookie(HttpServerRequest request) {
    Cookie cookie = request.getCookie(COOKIE);
    return cookie == null || cookie.getValue().isEmpty() ? null : cookie.getValue();
  }

  /** A session for somebody who has proved who he is. */
  public Future<Opened> open(io.mainstem.message.UserId user, String device) {
    return directory
        .sessions()
        .open(user, Session.Kind.WEB, device, Duration.ofSeconds(sessionSeconds))
        .map(opened -> new Opened(opened.token(), setCookie(opened.token(), sessionSeconds)));
  }

  /**
   * @param setCookie the header field that keeps the token in a browser
   */
  public record Opened(String token, String setCookie) {}

  /** The header field that takes the cookie away. */
  public static String clearCookie() {
    return setCookie("", 0);
  }

  /** RFC 6265bis: no script reads it, no foreign page sends it. */
  private static String setCookie(String value, long seconds) {
    return COOKIE + "=" + value + "; Path=/; Max-Age=" + seconds + "; HttpOnly; SameSite=Strict";
  }
}
