package io.mainstem.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.mainstem.page.RunningServer.Account;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Mail and chat together or apart, for one conversation or for all: a view, which never changes a
 * message.
 */
class TogetherTest {
  /**
   * All words of a pane, through all shadow roots, but for the line above what was new when the
   * conversation was opened.
   */
  private static final String TEXT =
      """
      (pane) => {
        const words = (node) => {
          if (node.nodeType === Node.TEXT_NODE) return [node.data.trim()];
          if (node.nodeType !== Node.ELEMENT_NODE || node.matches('p.unread, style')) return [];
          return [...(node.shadowRoot ?? node).childNodes].flatMap(words);
        };
        return words(pane).filter(Boolean).join('\\n');
      }\
      """;

  @RegisterExtension final Desk desk = new Desk();

  private Account alice;
  private Page page;

  @BeforeEach
  void conversations() throws Exception {
    alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    var carol = desk.server.person("Carol");
    desk.server.acquaint(alice, carol);
    desk.server.acquaint(alice, bob);
    desk.server.mail(bob, alice, "River trip", "A plan by mail.");
    desk.server.chat(bob, alice, "A word by chat.");
    page = desk.window(alice);
    Desk.open(page, "Bob");
    Desk.message(page, "A word by chat.").waitFor();
    // All is read before the drill, so that nothing but the switch changes the screen.
    assertThat(Desk.row(page, "Bob").locator(".badge")).hasCount(0);
  }

  @Test
  void forAllItEndsInTheSameScreens() {
    var before = screen();
    choose("thread-list", "Mail");
    assertThat(page.locator("thread-list .row")).hasCount(1);
    assertThat(Desk.row(page, "Bob").locator(".words")).hasText("River trip – A plan by mail.");
    assertThat(Desk.message(page, "A plan by mail.")).isVisible();
    assertThat(Desk.message(page, "A word by chat.")).hasCount(0);
    choose("thread-list", "Chat");
    assertThat(page.locator("thread-list .row")).hasCount(2);
    assertThat(Desk.row(page, "Bob").locator(".words")).hasText("A word by chat.");
    assertThat(Desk.message(page, "A plan by mail.")).hasCount(0);
    page.reload();
    Desk.online(page);
    assertThat(Desk.message(page, "A word by chat.")).isVisible();
    assertThat(Desk.message(page, "A plan by mail.")).hasCount(0);
    choose("thread-list", "Together");
    assertThat(Desk.message(page, "A plan by mail.")).isVisible();
    assertScreen(before);
    page.reload();
    Desk.online(page);
    Desk.message(page, "A plan by mail.").waitFor();
    assertScreen(before);
  }

  @Test
  void forOneItEndsInTheSameScreensAndLeavesTheOthersAlone() {
    var before = screen();
    choose("thread-view", "Mail");
    assertThat(Desk.message(page, "A word by chat.")).hasCount(0);
    assertThat(Desk.message(page, "A plan by mail.")).isVisible();
    assertThat(page.locator("thread-list .row")).hasCount(2);
    assertThat(page.locator("thread-list input[value=together]")).isChecked();
    choose("thread-view", "Chat");
    assertThat(Desk.message(page, "A plan by mail.")).hasCount(0);
    assertThat(Desk.message(page, "A word by chat.")).isVisible();
    choose("thread-view", "Together");
    assertThat(Desk.message(page, "A plan by mail.")).isVisible();
    assertThat(Desk.message(page, "A word by chat.")).isVisible();
    assertScreen(before);
  }

  @Test
  void otherDevicesFollow() {
    var phone = desk.window(alice, Desk.Look.PHONE);
    choose("thread-list", "Mail");
    assertThat(phone.locator("thread-list input[value=together]")).not().isChecked();
    choose("thread-list", "Together");
    assertThat(phone.locator("thread-list input[value=together]")).isChecked();
  }

  private void choose(String where, String view) {
    page.locator(where + " channel-switch")
        .getByText(view, new Locator.GetByTextOptions().setExact(true))
        .click();
  }

  /** Once the page has drawn all that it was told. */
  private void assertScreen(String expected) {
    try {
      Desk.until(() -> screen().equals(expected));
    } catch (ConditionTimeoutException e) {
      assertEquals(expected, screen());
    }
  }

  /** What is to be read on the screen, pane by pane. */
  private String screen() {
    assertThat(page.locator("thread-list .row")).hasCount(2);
    return page.locator("thread-list").evaluate(TEXT)
        + "\n---\n"
        + page.locator("thread-view").evaluate(TEXT);
  }
}
