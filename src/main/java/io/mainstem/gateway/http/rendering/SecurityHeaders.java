package io.mainstem.gateway.http.rendering;

import io.vertx.core.MultiMap;

/** Header fields by which a browser keeps our pages to themselves. */
public final class SecurityHeaders {
  /** What an answer that is no page may do: nothing. */
  public static final String NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox";

  private SecurityHeaders() {}

  /** On every answer; a page or a frame replaces the policy by its own. */
  public static void put(MultiMap headers) {
    headers
        .set("Content-Security-Policy", NOTHING)
        .set("X-Content-Type-Options", "nosniff")
        .set("X-Frame-Options", "DENY")
        .set("Referrer-Policy", "no-referrer")
        .set("Cross-Origin-Opener-Policy", "same-origin")
        .set("Cross-Origin-Resource-Policy", "same-origin")
        .set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  }

  /**
   * The policy of our own page: everything from our own origin, scripts by file only, and no inline
   * style. Images may be data or blobs, which the page makes of attachments; frames hold mail,
   * under a policy of their own.
   *
   * @param inlineScript the hash of the one script that must stand in the page, its import map
   */
  public static String page(String inlineScript) {
    return "default-src 'none'; script-src 'self' "
        + inlineScript
        + "; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob:;"
        + " connect-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action"
        + " 'self'; frame-ancestors 'none'";
  }

  /**
   * The policy of a frame that shows a mail: sandboxed, so that it has no origin and runs no
   * script, whatever slipped through the sanitiser; links open outside of it.
   *
   * @param remoteImages whether the reader allowed images from other servers
   */
  public static String mail(boolean remoteImages) {
    return "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src"
        + " 'unsafe-inline'; img-src data:"
        + (remoteImages ? " https: http:" : "")
        + "; font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
  }
}
