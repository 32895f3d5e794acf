package io.mainstem.page;

import static io.mainstem.page.Desk.Look.DESKTOP;
import static io.mainstem.page.Desk.Look.PHONE;
import static io.mainstem.page.Desk.Look.ZOOMED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import io.mainstem.page.RunningServer.Account;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nothing is lost to those who need it larger (WCAG 2.2, 1.4.4 and 1.4.10). */
class ZoomTest {
  /**
   * Elements that are wider than what they may show, or stand outside of the window; text that is
   * meant to end in dots does not count.
   */
  private static final String CLIPPED =
      """
      () => {
        const found = [];
        const walk = (root) => {
          for (const element of root.querySelectorAll('*')) {
            if (element.shadowRoot) walk(element.shadowRoot);
            const style = getComputedStyle(element);
            const box = element.getBoundingClientRect();
            if (box.width < 2 || box.height < 2 || style.visibility === 'hidden' || element.closest('svg') || style.clipPath !== 'none') continue;
            if (box.right > innerWidth + 1 || box.left < -1) found.push('outside: ' + element.localName + '.' + element.className);
            const button = element.matches('button, .button, label, legend, h1, h2, h3, a');
            if (button && style.textOverflow !== 'ellipsis' && style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1) found.push('cut: ' + element.localName + '.' + element.className);
            if (button && style.overflowY === 'hidden' && element.scrollHeight > element.clientHeight + 1) found.push('cut in height: ' + element.localName + '.' + element.className);
          }
        };
        walk(document);
        return found;
      }\
      """;

  @RegisterExtension final Desk desk = new Desk();

  private Account alice;

  private void somethingToRead() throws Exception {
    alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    desk.server.mail(bob, alice, "Minutes", "Long minutes.\n".repeat(60));
    for (int i = 0; i < 20; i++) {
      desk.server.chat(
          bob,
          alice,
          "Line " + i + ", with words enough to need more than one row on a narrow screen");
    }
    desk.server.chat(bob, alice, "The newest line");
  }

  @Test
  void fourHundredPercentNeedsNoSidewaysScroll() throws Exception {
    somethingToRead();
    var page = desk.window(alice, ZOOMED);
    assertNoSidewaysScroll(page, "inbox");
    Desk.open(page, "Bob");
    Desk.message(page, "The newest line").waitFor();
    assertNoSidewaysScroll(page, "thread");
    // Again while the page, which did not know of it yet, has put back what it showed.
    Desk.until(
        () -> {
          Desk.message(page, "The newest line").scrollIntoViewIfNeeded();
          return isInWindow(page, ".message:last-of-type");
        });
    Desk.composer(page).scrollIntoViewIfNeeded();
    Desk.write(page, "Written at four hundred percent");
    Desk.message(page, "Written at four hundred percent").waitFor();
    assertNoSidewaysScroll(page, "after writing");
    page.navigate("/#/new");
    page.locator("new-message #to").waitFor();
    assertNoSidewaysScroll(page, "new message");
    page.navigate("/#/settings");
    page.getByText("This session").waitFor();
    assertNoSidewaysScroll(page, "settings");
  }

  @Test
  void phoneShowsOnePaneAndWalksBetweenThem() throws Exception {
    somethingToRead();
    var page = desk.window(alice, PHONE);
    assertNoSidewaysScroll(page, "inbox");
    assertEquals(false, page.locator("main").isVisible());
    Desk.open(page, "Bob");
    assertEquals(false, page.locator("thread-list").isVisible());
    assertNoSidewaysScroll(page, "thread");
    page.getByLabel("Back to the conversations").click();
    Desk.row(page, "Bob").waitFor();
    assertTrue(page.locator("thread-list").isVisible());
    page.locator("thread-list .menu").click();
    page.locator("nav-pane").getByText("Archive").click();
    page.getByText("Nothing archived").waitFor();
  }

  @Test
  void twiceTheTextIsNotClipped() throws Exception {
    somethingToRead();
    var page = desk.window(alice, DESKTOP);
    page.evaluate("document.documentElement.style.fontSize = '200%'");
    for (var place : new String[] {"/#/inbox", "/#/new", "/#/settings"}) {
      page.navigate(place);
      page.waitForTimeout(150);
      assertEquals("[]", page.evaluate(CLIPPED).toString(), place);
    }
    page.navigate("/#/inbox");
    Desk.open(page, "Bob");
    Desk.message(page, "The newest line").waitFor();
    assertEquals("[]", page.evaluate(CLIPPED).toString(), "thread");
    Desk.write(page, "Written in large letters");
    Desk.message(page, "Written in large letters").waitFor();
  }

  private static void assertNoSidewaysScroll(Page page, String screen) {
    assertEquals("[]", page.evaluate(CLIPPED).toString(), screen);
    var wide =
        page.evaluate(
            """
            () => {
              const found = [];
              const walk = (root) => root.querySelectorAll('*').forEach((element) => {
                if (element.shadowRoot) walk(element.shadowRoot);
                const scrolls = ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
                if (scrolls && element.scrollWidth > element.clientWidth + 1) found.push(element.localName + '.' + element.className);
              });
              walk(document);
              if (document.scrollingElement.scrollWidth > innerWidth) found.push('page');
              return found;
            }\
            """);
    assertEquals("[]", wide.toString(), screen + " scrolls sideways");
  }

  private static boolean isInWindow(Page page, String selector) {
    var box = page.locator("thread-view " + selector).last().boundingBox();
    return box.y < page.viewportSize().height && box.y + box.height > 0;
  }
}
