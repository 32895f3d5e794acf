package io.mainstem.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.WebSocketRoute;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens while one looks on. */
class LiveTest {
  private static final String SCROLL =
      "() => { const s ="
          + " document.querySelector('mainstem-app').shadowRoot.querySelector('inbox-page').shadowRoot.querySelector('thread-view').shadowRoot.querySelector('.scroll');"
          + " return s.scrollTop; }";

  @RegisterExtension final Desk desk = new Desk();

  @Test
  void mailAndChatArriveInOneThread() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    desk.server.mail(bob, alice, "River trip", "By mail.");
    assertThat(Desk.message(page, "By mail.")).isVisible();
    desk.server.chat(bob, alice, "By chat.");
    assertThat(Desk.message(page, "By chat.")).isVisible();
    assertThat(page.locator("thread-view h3.subject")).hasText("River trip");
    assertEquals(
        1,
        page.locator("thread-list .row")
            .filter(new Locator.FilterOptions().setHasText("Bob"))
            .count());
  }

  @Test
  void nothingLiveMovesScrollOrFocus() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    var carol = desk.server.person("Carol");
    desk.server.acquaint(alice, carol);
    desk.server.acquaint(alice, bob);
    for (int i = 0; i < 70; i++) {
      desk.server.chat(bob, alice, "Line " + i);
    }
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    Desk.message(page, "Line 69").waitFor();
    Desk.scrollTo(page, "s.scrollHeight / 2");
    page.waitForTimeout(600);
    var before = ((Number) page.evaluate(SCROLL)).doubleValue();
    Desk.row(page, "Carol").focus();
    for (int i = 0; i < 3; i++) {
      desk.server.chat(bob, alice, "Live " + i);
    }
    page.getByText("3 new ↓").waitFor();
    assertEquals(before, ((Number) page.evaluate(SCROLL)).doubleValue(), 1);
    desk.server.chat(carol, alice, "Carol moves to the top");
    assertThat(Desk.row(page, "Carol").locator(".words")).hasText("Carol moves to the top");
    assertTrue(
        (Boolean)
            Desk.row(page, "Carol").evaluate("row => row.getRootNode().activeElement === row"),
        "the focus stays on Carol's row");
    assertEquals(before, ((Number) page.evaluate(SCROLL)).doubleValue(), 1);
    page.getByText("3 new ↓").click();
    assertThat(Desk.message(page, "Live 2")).isInViewport();
    page.getByText("3 new ↓")
        .waitFor(
            new Locator.WaitForOptions()
                .setState(com.microsoft.playwright.options.WaitForSelectorState.DETACHED));
  }

  @Test
  void goingBackInTimeKeepsThePlace() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    for (int i = 0; i < 120; i++) {
      desk.server.chat(bob, alice, "Line " + i);
    }
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    Desk.message(page, "Line 119").waitFor();
    Desk.scrollTo(page, "320");
    var first =
        page.locator("thread-view .message")
            .filter(new Locator.FilterOptions().setHasText("Line 75"))
            .first();
    assertThat(first).isInViewport();
    page.getByText("Show older messages").dispatchEvent("click");
    page.locator("thread-view .message")
        .filter(new Locator.FilterOptions().setHasText("Line 30"))
        .first()
        .waitFor();
    assertThat(first).isInViewport();
    Desk.scrollTo(page, "0");
    page.getByText("This is where the conversation begins.").waitFor();
    assertEquals(122, page.locator("thread-view .message").count(), "every message once");
  }

  @Test
  void comesBackByItselfWithoutGapOrDouble() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    page.context().setOffline(true);
    page.getByText("You are offline.").waitFor();
    for (int i = 0; i < 5; i++) {
      desk.server.chat(bob, alice, "Missed " + i);
    }
    page.context().setOffline(false);
    Desk.online(page);
    assertThat(Desk.message(page, "Missed 4")).isVisible();
    for (int i = 0; i < 5; i++) {
      assertEquals(
          1,
          page.locator("thread-view .message")
              .filter(new Locator.FilterOptions().setHasText("Missed " + i))
              .count());
    }
  }

  @Test
  void leavesAServerThatFellSilent() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    var page = desk.window(alice);
    var connections = new AtomicInteger();
    page.routeWebSocket(
        Pattern.compile(".*/api/v1/stream.*"),
        socket -> {
          // The first connection stays open and passes nothing on, as that to a frozen server.
          if (connections.getAndIncrement() > 0) {
            socket.connectToServer();
          }
        });
    page.reload();
    Desk.open(page, "Bob");
    desk.server.chat(bob, alice, "Said into the silence");
    page.waitForCondition(
        () -> connections.get() > 1, new Page.WaitForConditionOptions().setTimeout(120_000));
    assertThat(Desk.message(page, "Said into the silence")).isVisible();
    desk.server.chat(bob, alice, "Said afterwards");
    assertThat(Desk.message(page, "Said afterwards")).isVisible();
  }

  @Test
  void saysQuietlyThatWhatIsShownMayBeOldForAsLongAsItMay() throws Exception {
    var alice = desk.server.person("Alice");
    var page = desk.window(alice);
    var sockets = new ArrayList<WebSocketRoute>();
    page.routeWebSocket(
        Pattern.compile(".*/api/v1/stream.*"),
        socket -> {
          socket.connectToServer();
          sockets.add(socket);
        });
    page.reload();
    Desk.online(page);
    var banner = page.locator("thread-list connection-note");
    var note = page.locator("nav-pane connection-note");
    var announced = page.locator("mainstem-app > [aria-live]");
    assertThat(banner).hasText("");
    assertThat(note).hasText("Connected");
    sockets.getLast().send("{\"type\":\"stale\"}");
    assertThat(banner).hasText("What you see may be some seconds old.");
    assertThat(note).hasText("What you see may be some seconds old.");
    assertThat(announced).hasText("What you see may be some seconds old.");
    sockets.getLast().send("{\"type\":\"fresh\"}");
    assertThat(banner).hasText("");
    assertThat(note).hasText("Connected");
    assertThat(announced).hasText("What you see is up to date again.");
  }

  @Test
  void messagesAreALogThatSaysWhoAndHow() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    desk.server.chat(bob, alice, "Good morning");
    desk.server.mail(bob, alice, "Plan", "The plan.");
    Desk.message(page, "The plan.").waitFor();
    var log = page.locator("thread-view [role=log]");
    assertEquals(1, log.count());
    assertThat(Desk.message(page, "Good morning").locator(".sr").first())
        .hasText(java.util.regex.Pattern.compile("^Bob, chat, .*:$"));
    assertThat(Desk.message(page, "The plan.").locator(".sr").first())
        .hasText(java.util.regex.Pattern.compile("^Bob, mail, .*:$"));
    // Said by the log, and by nothing beside it.
    assertThat(page.locator("mainstem-app > [aria-live]")).hasText("");
    assertTrue(
        (Boolean)
            log.evaluate(
                "log => !log.closest('[aria-live]') && [...log.querySelectorAll('[aria-live],"
                    + " [role=status], [role=alert]')].length === 0"),
        "a message is announced once");
    assertEquals("auto", Desk.message(page, "Good morning").locator(".text").getAttribute("dir"));
  }

  @Test
  void endedSessionsLeadToTheLogin() throws Exception {
    var alice = desk.server.person("Alice");
    Page page = desk.window(alice);
    for (var session : desk.server.call(alice, "GET", "/sessions", null).getJsonArray("sessions")) {
      var known = (io.vertx.core.json.JsonObject) session;
      if (!known.getBoolean("current")) {
        desk.server.call(alice, "DELETE", "/sessions/" + known.getString("id"), null);
      }
    }
    page.getByText("You have been logged out.").waitFor();
  }
}
