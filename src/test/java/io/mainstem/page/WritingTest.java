package io.mainstem.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What one writes, and what becomes of it. */
class WritingTest {
  @RegisterExtension final Desk desk = new Desk();

  @Test
  void statusGoesFromSentToRead() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    var hers = desk.window(alice);
    Desk.open(hers, "Bob");
    Desk.write(hers, "Do you see this?");
    assertThat(Desk.message(hers, "Do you see this?").locator(".status")).hasText("Sent");
    var his = desk.window(bob);
    assertThat(Desk.message(hers, "Do you see this?").locator(".status")).hasText("Delivered");
    Desk.open(his, "Alice");
    Desk.message(his, "Do you see this?").waitFor();
    assertThat(Desk.message(hers, "Do you see this?").locator(".status")).hasText("Read");
    Desk.write(his, "I do");
    assertThat(Desk.message(hers, "I do")).isVisible();
  }

  @Test
  void enterDoesNotSendWhileAnInputMethodComposes() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    Desk.composer(page).focus();
    var devtools = page.context().newCDPSession(page);
    var composition = new JsonObject();
    composition.addProperty("text", "かわ");
    composition.addProperty("selectionStart", 2);
    composition.addProperty("selectionEnd", 2);
    devtools.send("Input.imeSetComposition", composition);
    page.keyboard().press("Enter");
    assertThat(Desk.composer(page)).hasValue(Pattern.compile("かわ"));
    assertEquals(
        0,
        page.locator("thread-view .message")
            .filter(new Locator.FilterOptions().setHasText("かわ"))
            .count());
    var taken = new JsonObject();
    taken.addProperty("text", "川");
    devtools.send("Input.insertText", taken);
    page.keyboard().press("Enter");
    Desk.message(page, "川").waitFor();
    assertThat(Desk.composer(page)).hasValue("");
  }

  @Test
  void whatIsSentOfflineWaitsAndGoesOutOnce() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    page.context().setOffline(true);
    page.getByText("You are offline.").waitFor();
    Desk.write(page, "Written in a tunnel");
    assertThat(Desk.message(page, "Written in a tunnel").locator(".status"))
        .hasText("Waiting for the connection");
    page.context().setOffline(false);
    assertThat(Desk.message(page, "Written in a tunnel").locator(".status")).hasText("Sent");
    Desk.online(page);
    page.reload();
    Desk.message(page, "Written in a tunnel").waitFor();
    assertEquals(
        1,
        page.locator("thread-view .message")
            .filter(new Locator.FilterOptions().setHasText("Written in a tunnel"))
            .count());
    Desk.until(
        () ->
            desk.server
                .call(bob, "GET", "/threads?limit=1", null)
                .getJsonArray("threads")
                .getJsonObject(0)
                .getJsonObject("last")
                .getString("text")
                .equals("Written in a tunnel"));
  }

  @Test
  void aChatIsEditedWhereItStandsAndTheOtherSideSeesIt() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    var hers = desk.window(alice);
    Desk.open(hers, "Bob");
    Desk.write(hers, "See you at hte station");
    Desk.message(hers, "hte station").waitFor();
    Desk.write(hers, "Bring the map");
    var his = desk.window(bob);
    Desk.open(his, "Alice");
    Desk.message(his, "hte station").waitFor();
    // By keyboard alone: to the message, its menu, Edit.
    var editor = hers.locator("message-editor textarea");
    edit(hers, "hte station");
    assertThat(editor).isFocused();
    assertThat(editor).hasValue("See you at hte station");
    editor.fill("Something else");
    hers.keyboard().press("Escape");
    assertThat(editor).hasCount(0);
    assertThat(Desk.message(hers, "hte station").locator(".edited")).hasCount(0);
    assertThat(menu(hers, "hte station")).isFocused();
    edit(hers, "hte station");
    editor.fill("See you at the station");
    hers.keyboard().press("Enter");
    var there = Desk.message(his, "See you at the station");
    assertThat(there).isVisible();
    assertThat(there.locator(".edited")).hasText("edited");
    assertThat(there).hasAttribute("aria-label", Pattern.compile(".*\\(edited\\)"));
    assertThat(Desk.message(hers, "See you at the station").locator(".edited")).hasText("edited");
    assertThat(his.getByText("hte station")).hasCount(0);
    assertThat(hers.getByText("hte station")).hasCount(0);
    // The place stays: what was written after it stands after it.
    assertThat(his.locator("thread-view .message").last()).containsText("Bring the map");
    his.reload();
    assertThat(Desk.message(his, "See you at the station").locator(".edited")).hasText("edited");
    // Nobody edits what another wrote.
    menu(his, "See you at the station").click();
    assertThat(his.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName("Edit")))
        .hasCount(0);
  }

  private static Locator menu(Page page, String text) {
    return Desk.message(page, text).locator("action-menu button.icon");
  }

  private static void edit(Page page, String text) {
    menu(page, text).focus();
    page.keyboard().press("Enter");
    page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName("Edit")).press("Enter");
  }

  @Test
  void attachmentsGoUpAndComeDown() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    var hers = desk.window(alice);
    Desk.open(hers, "Bob");
    var content = "Friday 08:05 platform 3\n".repeat(3000).getBytes(StandardCharsets.UTF_8);
    hers.locator("composer-box [type=file]")
        .setInputFiles(new FilePayload("train times.txt", "text/plain", content));
    hers.locator("composer-box .files")
        .getByText("train times.txt", new Locator.GetByTextOptions().setExact(true))
        .waitFor();
    Desk.write(hers, "The times");
    var his = desk.window(bob);
    Desk.open(his, "Alice");
    var link =
        Desk.message(his, "The times")
            .getByRole(
                AriaRole.LINK,
                new Locator.GetByRoleOptions().setName("Download train times.txt, 72 kB"));
    var download = his.waitForDownload(link::click);
    assertEquals("train times.txt", download.suggestedFilename());
    assertArrayEquals(content, Files.readAllBytes(download.path()));
  }

  @Test
  void aNewMessageByMailOpensTheConversation() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    var page = desk.window(alice);
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("New message"))
        .first()
        .click();
    page.getByLabel("To", new Page.GetByLabelOptions().setExact(true)).fill("nobody-of-this-name");
    page.locator("composer-box")
        .getByText("Mail", new Locator.GetByTextOptions().setExact(true))
        .click();
    page.getByLabel("Subject").fill("River trip");
    Desk.composer(page).fill("Shall we?");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Send mail")).click();
    page.locator("composer-box .alert").waitFor();
    page.getByLabel("To", new Page.GetByLabelOptions().setExact(true)).fill(bob.name());
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Send mail")).click();
    assertThat(Desk.message(page, "Shall we?")).isVisible();
    assertThat(page.locator("thread-view h3.subject")).hasText("River trip");
    assertTrue(page.url().contains("#/inbox/"));
  }

  @Test
  void aDraftIsThereAgainAfterAReload() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    Desk.composer(page).fill("Not yet finished");
    page.getByText("Draft saved").waitFor();
    page.reload();
    assertThat(Desk.composer(page)).hasValue("Not yet finished");
    Desk.composer(page).press("Enter");
    Desk.message(page, "Not yet finished").waitFor();
    page.navigate("/#/drafts");
    page.getByText("No drafts").waitFor();
  }

  @Test
  void aDraftOfAMailProgramIsNotShownAsSent() throws Exception {
    var alice = desk.server.person("Alice");
    var bob = desk.server.person("Bob");
    desk.server.acquaint(alice, bob);
    desk.server.putDraft(alice, bob, "Half", "a thought");
    var page = desk.window(alice);
    Desk.open(page, "Bob");
    assertThat(Desk.message(page, "a thought").locator(".foot")).containsText("not sent");
    page.navigate("/#/drafts");
    page.locator("thread-list .row").getByText("a thought").waitFor();
    assertThat(page.locator("thread-list").getByText("No drafts")).isHidden();
  }
}
