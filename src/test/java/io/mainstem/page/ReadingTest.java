package io.mainstem.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.page.RunningServer.Account;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Read is what was on screen in a window that had the focus, and nothing else. */
class ReadingTest {
  private static final int MANY = 60;

  @RegisterExtension final Desk desk = new Desk();

  @Test
  void onlyWhatWasOnScreenIsRead() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    desk.server.call(alice, "POST", "/threads/" + thread(alice) + "/read", upToNow(alice));
    for (int i = 0; i < MANY; i++) {
      desk.server.chat(bob, alice, "Line " + i);
    }
    assertEquals(MANY, unread(alice));
    var page = desk.window(alice);
    Desk.row(page, "Bob").waitFor();
    assertEquals(MANY, unread(alice), "a list shows nobody's messages");
    Desk.open(page, "Bob");
    assertThat(page.locator("thread-view .unread")).isInViewport();
    Desk.until(() -> unread(alice) < MANY);
    page.waitForTimeout(1_500);
    int left = unread(alice);
    assertTrue(left > MANY / 3, "what is below the fold is not read: " + left);
    var on =
        page.locator("thread-view .scroll").evaluate("s => s.scrollTop + s.clientHeight * 0.7");
    Desk.scrollTo(page, on.toString());
    Desk.until(() -> unread(alice) < left);
    assertTrue(unread(alice) > 0);
  }

  @Test
  void aWindowWithoutFocusReadsNothing() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    Desk.until(() -> unread(alice) == 0);
    page.evaluate(
        "() => { Document.prototype.hasFocus = () => false; dispatchEvent(new Event('blur')); }");
    desk.server.chat(bob, alice, "Nobody looks");
    Desk.message(page, "Nobody looks").waitFor();
    page.waitForTimeout(1_500);
    assertEquals(1, unread(alice));
    page.evaluate(
        "() => { Document.prototype.hasFocus = () => true; dispatchEvent(new Event('focus')); }");
    Desk.until(() -> unread(alice) == 0);
  }

  private io.vertx.core.json.JsonObject newest(Account who) throws Exception {
    return desk.server
        .call(who, "GET", "/threads?folder=inbox&limit=1", null)
        .getJsonArray("threads")
        .getJsonObject(0);
  }

  private String thread(Account who) throws Exception {
    return newest(who).getString("id");
  }

  private int unread(Account who) throws Exception {
    return newest(who).getInteger("unread");
  }

  private io.vertx.core.json.JsonObject upToNow(Account who) throws Exception {
    return new io.vertx.core.json.JsonObject()
        .put("upTo", newest(who).getJsonObject("last").getString("seq"));
  }
}
