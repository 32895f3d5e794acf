package io.mainstem.page;

import static io.mainstem.page.Desk.Look.DESKTOP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.args.AxeRunOptions;
import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** axe finds nothing serious on any screen, in either scheme. */
class AccessibilityTest {
  private static final Set<String> BAD = Set.of("serious", "critical");

  @RegisterExtension final Desk desk = new Desk();

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void everyScreenIsFreeOfSeriousFindings(ColorScheme scheme) throws Exception {
    var look = DESKTOP.in(scheme);
    var server = desk.server;

    var login = desk.window(look);
    login.locator("login-page #user").waitFor();
    check("login", login);
    login.getByLabel("Name or address").fill("nobody");
    login.getByLabel("Password").first().fill("wrong");
    login.keyboard().press("Enter");
    login.getByText("The name or the password is wrong.").waitFor();
    check("refused login", login);

    var lonely = desk.window(server.person("Lena"), look);
    lonely.getByText("Nothing here yet").waitFor();
    check("empty inbox", lonely);

    var alice = server.person("Alice");
    var bob = server.person("Bob");
    var carol = server.person("Carol");
    server.acquaint(alice, bob);
    server.mail(bob, alice, "River trip", "Three days, from the spring to the mill.");
    server.mail(alice, bob, "Re: River trip", "Count me in.");
    server.chat(bob, alice, "صباح الخير");
    server.chat(carol, alice, "We met at the boat house.");
    server.smtp(
        "news@river.example",
        alice,
        """
        From: River News <news@river.example>
        To: alice
        Subject: Water is high
        MIME-Version: 1.0
        Content-Type: text/html; charset=utf-8

        <h1>Water is high</h1><p>See <a href="https://river.example/x">the gauges</a>.</p>\
        """);
    var page = desk.window(alice, look);
    Desk.row(page, "Bob").waitFor();
    check("inbox", page);
    Desk.open(page, "Bob");
    Desk.message(page, "صباح الخير").waitFor();
    check("thread with mail and chat", page);
    page.locator("composer-box")
        .getByText("Mail", new com.microsoft.playwright.Locator.GetByTextOptions().setExact(true))
        .click();
    check("composer for mail", page);
    page.getByRole(
            com.microsoft.playwright.options.AriaRole.BUTTON,
            new Page.GetByRoleOptions().setName("More actions"))
        .click();
    check("menu", page);
    page.keyboard().press("Escape");
    Desk.open(page, "River News");
    page.locator("mail-frame iframe").waitFor();
    check("HTML mail", page);
    page.navigate("/#/requests");
    Desk.open(page, "Carol");
    page.getByText("Carol would like to write to you").waitFor();
    check("request", page);
    page.navigate("/#/new");
    page.locator("new-message #to").waitFor();
    check("new message", page);
    page.navigate("/#/settings");
    page.getByText("This session").waitFor();
    check("settings", page);

    page.navigate("/#/inbox/no-such-thread");
    page.getByText("This conversation does not exist, or no longer.").waitFor();
    check("error", page);

    page.navigate("/#/inbox");
    page.context().setOffline(true);
    page.getByText("You are offline.").waitFor();
    check("offline", page);
  }

  private static void check(String screen, Page page) {
    // The frame of a mail runs no script, so axe cannot look into it, and would wait for it in
    // vain.
    var options = new AxeRunOptions();
    options.setIFrames(false);
    var results = new AxeBuilder(page).options(options).setLegacyMode(true).analyze();
    assertTrue(results.getPasses().size() > 5, "axe did not look at " + screen);
    List<String> bad =
        results.getViolations().stream()
            .filter(rule -> BAD.contains(rule.getImpact()))
            .map(
                rule ->
                    rule.getId()
                        + ": "
                        + rule.getHelp()
                        + " at "
                        + rule.getNodes().stream()
                            .map(node -> node.getTarget() + " " + node.getHtml())
                            .limit(3)
                            .toList())
            .toList();
    assertEquals(List.of(), bad, screen);
  }
}
