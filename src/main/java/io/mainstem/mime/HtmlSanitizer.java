package io.mainstem.mime;

import java.net.IDN;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;
import org.owasp.html.CssSchema;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.PolicyFactory;

/**
 * Makes the HTML of a stranger's mail harmless: OWASP's sanitizer lets through only what is listed
 * here, and of that result images and links are rewritten. It comes on top of a frame without
 * scripts and without our origin, not in its place.
 */
public final class HtmlSanitizer {
  private static final int MAX_CHARS = 2 << 20;
  private static final int MAX_URL = 2_048;
  private static final String BLOCKED_PIXEL =
      "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

  private static final Pattern LOOKS_LIKE_A_HOST =
      Pattern.compile("\\b(https?://|www\\.|[a-z0-9-]+\\.(com|org|net|[a-z]{2,})\\b)");

  /** No property that places, covers, animates or loads anything. */
  private static final CssSchema CSS =
      CssSchema.withProperties(
          Set.of(
              "background-color",
              "border",
              "border-bottom",
              "border-bottom-color",
              "border-bottom-style",
              "border-bottom-width",
              "border-collapse",
              "border-color",
              "border-left",
              "border-left-color",
              "border-left-style",
              "border-left-width",
              "border-radius",
              "border-right",
              "border-right-color",
              "border-right-style",
              "border-right-width",
              "border-spacing",
              "border-style",
              "border-top",
              "border-top-color",
              "border-top-style",
              "border-top-width",
              "border-width",
              "color",
              "direction",
              "font",
              "font-family",
              "font-size",
              "font-style",
              "font-variant",
              "font-weight",
              "height",
              "letter-spacing",
              "line-height",
              "max-width",
              "padding",
              "padding-bottom",
              "padding-left",
              "padding-right",
              "padding-top",
              "text-align",
              "text-decoration",
              "text-indent",
              "text-transform",
              "vertical-align",
              "white-space",
              "width",
              "word-spacing",
              "word-wrap"));

  private static final PolicyFactory POLICY =
      new HtmlPolicyBuilder()
          .allowElements(
              "a",
              "abbr",
              "address",
              "article",
              "aside",
              "b",
              "bdi",
              "bdo",
              "big",
              "blockquote",
              "br",
              "caption",
              "center",
              "cite",
              "code",
              "col",
              "colgroup",
              "dd",
              "del",
              "details",
              "dfn",
              "div",
              "dl",
              "dt",
              "em",
              "figcaption",
              "figure",
              "font",
              "footer",
              "h1",
              "h2",
              "h3",
              "h4",
              "h5",
              "h6",
              "header",
              "hr",
              "i",
              "img",
              "ins",
              "kbd",
              "li",
              "main",
              "mark",
              "ol",
              "p",
              "pre",
              "q",
              "s",
              "samp",
              "section",
              "small",
              "span",
              "strike",
              "strong",
              "sub",
              "summary",
              "sup",
              "table",
              "tbody",
              "td",
              "tfoot",
              "th",
              "thead",
              "tr",
              "tt",
              "u",
              "ul",
              "var",
              "wbr")
          .allowAttributes("href")
          .onElements("a")
          .allowAttributes("src", "alt", "width", "height")
          .onElements("img")
          .allowAttributes(
              "align",
              "valign",
              "bgcolor",
              "width",
              "height",
              "colspan",
              "rowspan",
              "cellpadding",
              "cellspacing",
              "border")
          .onElements(
              "table", "tbody", "thead", "tfoot", "tr", "td", "th", "col", "colgroup", "caption")
          .allowAttributes("align")
          .onElements("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img")
          .allowAttributes("color", "face", "size")
          .onElements("font")
          .allowAttributes("start", "type")
          .onElements("ol", "ul", "li")
          .allowAttributes("dir", "lang", "title")
          .globally()
          .allowStyling(CSS)
          .allowUrlProtocols("http", "https", "mailto", "tel", "cid", "data")
          .allowWithoutAttributes("a", "span", "font", "img", "div")
          .disallowTextIn(
              "script",
              "style",
              "title",
              "noscript",
              "noframes",
              "noembed",
              "iframe",
              "template",
              "textarea",
              "select",
              "xmp",
              "plaintext",
              "math",
              "svg",
              "object",
              "applet",
              "audio",
              "video",
              "canvas")
          .toFactory();

  private HtmlSanitizer() {}

  /**
   * @param inlineImages from a Content-ID (RFC 2392, without brackets) to the URL, of our own
   *     origin, under which that part is served
   * @param allowRemote whether images may be loaded from elsewhere, which tells the sender that the
   *     mail is being read
   */
  public static SafeHtml sanitize(
      String html, Map<String, String> inlineImages, boolean allowRemote) {
    String bounded = html.length() > MAX_CHARS ? html.substring(0, MAX_CHARS) : html;
    String safe;
    try {
      safe = POLICY.sanitize(bounded);
    } catch (RuntimeException | StackOverflowError hostile) {
      safe = "<pre>" + org.jsoup.nodes.Entities.escape(PlainText.ofHtml(bounded)) + "</pre>";
    }
    Document document = Jsoup.parseBodyFragment(safe);
    document.outputSettings().prettyPrint(false);
    int blocked = 0;
    for (Element image : document.select("img")) {
      blocked += image(image, inlineImages, allowRemote) ? 1 : 0;
    }
    document.select("a").forEach(HtmlSanitizer::link);
    return new SafeHtml(document.body().html(), blocked);
  }

  /** Says whether the image was blocked. */
  private static boolean image(
      Element image, Map<String, String> inlineImages, boolean allowRemote) {
    String source = image.attr("src").strip();
    String lower = source.toLowerCase(Locale.ROOT);
    image.removeAttr("src");
    if (lower.startsWith("cid:")) {
      String url = inlineImages.get(decodePercent(source.substring(4)));
      if (url != null) {
        image.attr("src", url).attr("loading", "lazy");
      }
    } else if (lower.matches("data:image/(png|gif|jpeg|webp);base64,[a-z0-9+/=\\s]+")) {
      image.attr("src", source);
    } else if (lower.startsWith("https:") || lower.startsWith("http:")) {
      if (allowRemote && source.length() <= MAX_URL) {
        image.attr("src", source).attr("referrerpolicy", "no-referrer").attr("loading", "lazy");
      } else {
        image.attr("src", BLOCKED_PIXEL).attr("data-blocked", "image");
        return true;
      }
    }
    if (!image.hasAttr("alt")) {
      image.attr("alt", "");
    }
    return false;
  }

  /**
   * A link opens elsewhere, tells nothing of us, and carries its real host for the page to show;
   * unless its text shows that host ({@code data-plain}). A text that names another host is a lie
   * ({@code data-lie}).
   */
  private static void link(Element link) {
    String target = link.attr("href").strip();
    String lower = target.toLowerCase(Locale.ROOT);
    if (lower.startsWith("http:") || lower.startsWith("https:")) {
      String host = host(target);
      if (host == null || target.length() > MAX_URL) {
        link.removeAttr("href");
        return;
      }
      link.attr("data-host", host);
      String shown = link.text().toLowerCase(Locale.ROOT);
      if (shown.contains(host)) {
        link.attr("data-plain", "");
      } else if (LOOKS_LIKE_A_HOST.matcher(shown).find()) {
        link.attr("data-lie", "");
      }
    } else if (!lower.startsWith("mailto:") && !lower.startsWith("tel:")) {
      link.removeAttr("href");
      return;
    }
    link.attr("rel", "noopener noreferrer nofollow").attr("target", "_blank");
  }

  /**
   * The host that a browser would go to, in its ASCII form, so that look-alike letters show; null
   * when that cannot be told.
   */
  private static @Nullable String host(String url) {
    try {
      String host = new URI(url.replace('\\', '/')).getHost();
      if (host == null) {
        String rest = url.replace('\\', '/').replaceFirst("^[a-zA-Z]+:/*", "");
        String authority = rest.split("[/?#]", 2)[0];
        host = authority.substring(authority.lastIndexOf('@') + 1).replaceFirst(":\\d*$", "");
      }
      String ascii = IDN.toASCII(host, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
      return ascii.matches("[a-z0-9._\\[\\]:-]+") ? ascii : null;
    } catch (java.net.URISyntaxException | IllegalArgumentException unreadable) {
      return null;
    }
  }

  private static String decodePercent(String id) {
    try {
      return java.net.URLDecoder.decode(
          id.replace("+", "%2B"), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IllegalArgumentException asItIs) {
      return id;
    }
  }
}
