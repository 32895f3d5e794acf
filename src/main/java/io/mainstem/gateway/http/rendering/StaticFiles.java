package io.mainstem.gateway.http.rendering;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of the web inbox, from the class path: our own under {@code /}, libraries under {@code
 * /_static/name/version/}. Each is read once and kept; there are few. A path is a list of plain
 * names, so it cannot leave its root.
 */
public final class StaticFiles {
  private static final Pattern PLAIN = Pattern.compile("(/[A-Za-z0-9_@-][A-Za-z0-9._@-]*)+");
  private static final Pattern IMPORT_MAP =
      Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("json", "application/json; charset=utf-8"),
          Map.entry("map", "application/json; charset=utf-8"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("txt", "text/plain; charset=utf-8"));

  private final ConcurrentHashMap<String, File> files = new ConcurrentHashMap<>();

  /**
   * A file as it is served.
   *
   * @param tag an ETag (RFC 9110 §8.8.3) made of its content
   * @param forEver whether its path names its version, so that it never changes
   * @param policy for a page, its Content-Security-Policy
   */
  public record File(
      byte[] content, String type, String tag, boolean forEver, @Nullable String policy) {
    public String cacheControl() {
      return forEver ? "public, max-age=31536000, immutable" : "no-cache";
    }
  }

  /** What is known already; asking for it never blocks. */
  public @Nullable File known(String path) {
    return files.get(path);
  }

  /** Reads from the class path: not on an event loop. */
  public Optional<File> read(String path) {
    var wanted = path.equals("/") ? "/index.html" : path;
    if (!PLAIN.matcher(wanted).matches()) {
      return Optional.empty();
    }
    boolean library = wanted.startsWith("/_static/");
    var type = TYPES.get(wanted.substring(wanted.lastIndexOf('.') + 1));
    if (type == null) {
      return Optional.empty();
    }
    try (var in =
        StaticFiles.class.getResourceAsStream(
            (library ? "/META-INF/resources" : "/webroot") + wanted)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] content = in.readAllBytes();
      var tag =
          "\""
              + Base64.getUrlEncoder()
                  .withoutPadding()
                  .encodeToString(sha256(content))
                  .substring(0, 22)
              + "\"";
      var file =
          new File(
              content, type, tag, library, type.startsWith("text/html") ? policy(content) : null);
      files.put(path, file);
      return Optional.of(file);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * The one inline script of a page is its import map, which browsers take by hash only (CSP3
   * §2.3.1).
   */
  private static String policy(byte[] page) {
    var matcher = IMPORT_MAP.matcher(new String(page, StandardCharsets.UTF_8));
    if (!matcher.find()) {
      return SecurityHeaders.page("");
    }
    var hash =
        Base64.getEncoder()
            .encodeToString(sha256(matcher.group(1).getBytes(StandardCharsets.UTF_8)));
    return SecurityHeaders.page("'sha256-" + hash + "'");
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
