package io.mainstem.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Everything by keyboard alone, and the focus is seen at every step. */
class KeyboardStoryTest {
  private static final int FAR = 80;

  /**
   * What has the focus, through all shadow roots: its role and name, and whether one can see that
   * it has it.
   */
  private static final String FOCUS =
      """
      () => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        if (!element || element === document.body) return {name: '', seen: true, body: true};
        const ring = (candidate) => {
          const style = getComputedStyle(candidate);
          return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
        };
        let seen = ring(element);
        // A radio button shows its focus on its label, a text field of the composer on the box around it.
        for (let around = element.parentElement, i = 0; !seen && around && i < 2; around = around.parentElement, i++) seen = around.matches('label, form') && ring(around);
        const box = element.getBoundingClientRect();
        const label = element.closest('label')?.textContent ?? '';
        const labelled = element.labels?.[0]?.textContent ?? '';
        return {name: [element.getAttribute('aria-label'), element.title, labelled, label, element.textContent].filter(Boolean).join(' ').replace(/\\s+/g, ' ').trim(),
          seen, onScreen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth, tag: element.localName};
      }\
      """;

  @RegisterExtension final Desk desk = new Desk();

  @Test
  void logInFindBobReadAnswerAttachLogOut() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    var carol = desk.server.person("Carol");
    desk.server.acquaint(alice, bob);
    desk.server.acquaint(alice, carol);
    desk.server.chat(bob, alice, "Are you there?");
    desk.server.chat(carol, alice, "A later line of Carol");

    var page = desk.window(Desk.Look.DESKTOP);
    // A browser that begins to intercept choosers only when one opens may be too late.
    page.onFileChooser(chooser -> {});
    page.locator("login-page #user").waitFor();
    walkTo(page, "Name or address");
    page.keyboard().type(alice.name());
    walkTo(page, "Password");
    page.keyboard().type(alice.password());
    page.keyboard().press("Enter");
    Desk.online(page);

    walkTo(page, "Bob");
    page.keyboard().press("Enter");
    Desk.message(page, "Are you there?").waitFor();
    walkTo(page, "Messages");
    page.keyboard().press("ArrowUp");
    assertFocus(page, "arrows go from message to message", "Are you there?");
    page.keyboard().press("Tab");
    assertFocus(page, "Tab reaches its menu", "Actions for the message of Bob");
    page.keyboard().press("Enter");
    assertFocus(page, "the menu has the focus", "Copy", "Flag");
    page.keyboard().press("Escape");
    assertFocus(page, "the menu gives the focus back", "Actions for the message of Bob");

    walkTo(page, "Chat with Bob");
    page.keyboard().type("Here I am");
    page.keyboard().press("Enter");
    assertThat(Desk.message(page, "Here I am").locator(".status")).hasText("Sent");
    assertFocus(page, "one can go on writing", "Chat with Bob");

    walkTo(page, "Attach a file");
    var chooser = page.waitForFileChooser(() -> page.keyboard().press("Enter"));
    chooser.setFiles(
        new FilePayload("times.txt", "text/plain", "08:05".getBytes(StandardCharsets.UTF_8)));
    page.locator("composer-box .files")
        .getByText(
            "times.txt", new com.microsoft.playwright.Locator.GetByTextOptions().setExact(true))
        .waitFor();
    assertFocus(page, "after attaching one can go on writing", "Chat with Bob");
    page.keyboard().press("Enter");
    Desk.message(page, "times.txt").waitFor();

    walkTo(page, "Log out");
    page.keyboard().press("Enter");
    page.locator("login-page").waitFor();
    assertEquals("", page.evaluate("() => document.cookie"));
  }

  @Test
  void arrowsWalkTheListAndSkipLinksLeadPastIt() throws Exception {
    var alice = desk.server.person("Alice");
    for (var name : new String[] {"Bob", "Carol", "Dave"}) {
      desk.server.acquaint(alice, desk.server.person(name));
    }
    var page = desk.window(alice);
    page.evaluate("document.activeElement?.blur()");
    walkTo(page, "Skip to the conversations");
    page.keyboard().press("Enter");
    assertFocus(page, "it leads to the newest", "Dave");
    page.keyboard().press("ArrowDown");
    assertFocus(page, "the next", "Carol");
    page.keyboard().press("End");
    assertFocus(page, "the last", "Bob");
  }

  /** Waits until what has the focus, where the page has put it by then, has one of these names. */
  private static void assertFocus(Page page, String what, String... names) {
    focus(page, what, focus -> Stream.of(names).anyMatch(focus.get("name").toString()::contains));
  }

  private static Map<?, ?> focus(Page page, String what, Predicate<Map<?, ?>> condition) {
    var last = new AtomicReference<Map<?, ?>>(Map.of());
    try {
      Desk.until(
          () -> {
            last.set((Map<?, ?>) page.evaluate(FOCUS));
            return condition.test(last.get());
          });
    } catch (ConditionTimeoutException e) {
      fail(what + ": " + last.get());
    }
    return last.get();
  }

  private static boolean isSeen(Map<?, ?> focus) {
    return Boolean.TRUE.equals(focus.get("body"))
        || Boolean.TRUE.equals(focus.get("seen")) && Boolean.TRUE.equals(focus.get("onScreen"));
  }

  /** Presses Tab until this has the focus; at every step the focus must be seen. */
  private static void walkTo(Page page, String name) {
    for (int i = 0; i < FAR; i++) {
      var focus = focus(page, "the focus is not to be seen", KeyboardStoryTest::isSeen);
      if (focus.get("name").toString().contains(name)) {
        return;
      }
      page.keyboard().press("Tab");
    }
    fail("Tab does not reach: " + name);
  }
}
