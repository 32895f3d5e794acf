package io.mainstem.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests, folders, and undo. */
class SortingTest {
  @RegisterExtension final Desk desk = new Desk();

  @Test
  void aStrangerWaitsInRequestsWithTheReasonUntilAccepted() throws Exception {
    var alice = desk.server.person("Alice");
    var carol = desk.server.person("Carol");
    desk.server.chat(carol, alice, "We met at the boat house.");
    var page = desk.window(alice);
    page.getByText("Nothing here yet").waitFor();
    assertThat(
            page.locator("nav-pane a").filter(new Locator.FilterOptions().setHasText("Requests")))
        .containsText("1 request");
    folder(page, "Requests");
    Desk.open(page, "Carol");
    assertThat(page.locator("thread-view .request .why")).isVisible();
    assertThat(page.locator("thread-list .tag")).not().hasText("");
    button(page, "Accept").click();
    assertThat(page.locator("thread-view .request")).hasCount(0);
    assertThat(Desk.row(page, "Carol")).isVisible();
    assertThat(
            page.locator("nav-pane a")
                .filter(new Locator.FilterOptions().setHasText("Requests"))
                .locator(".count"))
        .hasCount(0);
    desk.server.chat(carol, alice, "Thank you.");
    assertThat(Desk.message(page, "Thank you.")).isVisible();
  }

  @Test
  void decliningIsSilentAndCanBeUndone() throws Exception {
    var alice = desk.server.person("Alice");
    var carol = desk.server.person("Carol");
    desk.server.chat(carol, alice, "Buy this.");
    var page = desk.window(alice);
    page.navigate("/#/requests");
    Desk.open(page, "Carol");
    button(page, "Decline").click();
    keepToast(page);
    page.getByText("No requests").waitFor();
    page.locator("toast-stack").getByText("Undo").click();
    assertThat(Desk.row(page, "Carol")).isVisible();
    var seen =
        desk.server
            .call(carol, "GET", "/threads?limit=1", null)
            .getJsonArray("threads")
            .getJsonObject(0);
    assertEquals("Buy this.", seen.getJsonObject("last").getString("text"));
  }

  @Test
  void archivingAndDeletingCanBeUndone() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    desk.server.mail(bob, alice, "Plan", "The plan.");
    var page = desk.window(alice);
    for (var action : new String[] {"Archive", "Delete"}) {
      Desk.open(page, "Bob");
      Desk.message(page, "The plan.").waitFor();
      act(page, action);
      keepToast(page);
      page.getByText("Nothing here yet").waitFor();
      page.locator("toast-stack")
          .getByText("Undo", new Locator.GetByTextOptions().setExact(true))
          .last()
          .click();
      assertThat(Desk.row(page, "Bob")).isVisible();
    }
    Desk.open(page, "Bob");
    act(page, "Archive");
    folder(page, "Archive");
    Desk.open(page, "Bob");
    assertThat(Desk.message(page, "The plan.")).isVisible();
    desk.server.chat(bob, alice, "I bring it back.");
    folder(page, "Inbox");
    assertThat(Desk.row(page, "Bob").locator(".words")).hasText("I bring it back.");
  }

  @Test
  void whoGoesAfterAConversationBeforeTheServerHasAnsweredStaysThere() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    desk.server.mail(bob, alice, "Plan", "The plan.");
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    Desk.message(page, "The plan.").waitFor();
    // The server has done it, and its answer is on its way.
    var answers = new ArrayList<Runnable>();
    page.route(
        "**/threads/*/move",
        route -> {
          var answer = route.fetch();
          answers.add(() -> route.fulfill(new Route.FulfillOptions().setResponse(answer)));
        });
    act(page, "Archive");
    page.getByText("Nothing here yet").waitFor();
    folder(page, "Archive");
    Desk.open(page, "Bob");
    assertEquals(1, answers.size());
    answers.get(0).run();
    page.locator("toast-stack .toast").getByText("Archived.").waitFor();
    assertThat(Desk.message(page, "The plan.")).isVisible();
    assertThat(page).hasURL(Pattern.compile(".*#/archive/.+"));
  }

  @Test
  void aSingleMessageIsDeletedAndRestored() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    desk.server.chat(bob, alice, "A slip of the tongue");
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    var message = Desk.message(page, "A slip of the tongue");
    message.hover();
    message
        .getByRole(
            AriaRole.BUTTON,
            new Locator.GetByRoleOptions().setName(java.util.regex.Pattern.compile("Actions")))
        .click();
    page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName("Delete this message"))
        .click();
    keepToast(page);
    assertThat(Desk.message(page, "A slip of the tongue")).hasCount(0);
    page.locator("toast-stack")
        .getByText("Undo", new Locator.GetByTextOptions().setExact(true))
        .click();
    assertThat(Desk.message(page, "A slip of the tongue")).isVisible();
  }

  /** It stays while the pointer is on it, however slow the machine is. */
  private static void keepToast(Page page) {
    var undo = new Page.GetByRoleOptions().setName("Undo").setExact(true);
    page.locator("toast-stack .toast")
        .filter(new Locator.FilterOptions().setHas(page.getByRole(AriaRole.BUTTON, undo)))
        .last()
        .hover();
  }

  /** What is done to the open conversation. */
  private static void act(Page page, String name) {
    page.locator("thread-view .actions")
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true))
        .click();
  }

  private static void folder(Page page, String name) {
    page.locator("nav-pane").getByText(name, new Locator.GetByTextOptions().setExact(true)).click();
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }
}
