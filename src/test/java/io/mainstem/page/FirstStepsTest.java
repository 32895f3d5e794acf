package io.mainstem.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.options.Cookie;
import io.mainstem.app.Mainstem;
import io.mainstem.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a newcomer to the demonstration is offered works, and goes away for ever when he says so.
 */
class FirstStepsTest {
  @Test
  void aNeighbourAMailAndThenNoMoreOfIt(@TempDir Path directory) throws Exception {
    var browser = Chromium.shared();
    var data = directory.resolve("data");
    var ports =
        Map.of(
            "data", data.toString(),
            "http.port", "0",
            "smtp.port", "0",
            "submission.port", "0",
            "imap.port", "0",
            "admin.port", "0");
    var node =
        Mainstem.start(Config.of(ports), true)
            .toCompletionStage()
            .toCompletableFuture()
            .get(180, TimeUnit.SECONDS);
    try (var context =
        browser.newContext(new Browser.NewContextOptions().setViewportSize(1280, 800))) {
      context.setDefaultTimeout(Desk.SOON.toMillis());
      var url = "http://" + node.addresses().get("http");
      var token = Files.readString(data.resolve("admin.token")).strip();
      context.addCookies(
          List.of(new Cookie("mainstem_session", Screenshots.session(node, token)).setUrl(url)));
      var page = context.newPage();
      page.navigate(url + "/");
      assertThat(page.locator("thread-view h1")).hasText(Pattern.compile("Bob.*"));
      assertThat(page.locator("thread-view .unread")).hasCount(1);

      page.getByText("Send yourself a mail").click();
      Desk.row(page, "It works").waitFor();

      var bob = context.waitForPage(() -> page.getByText("beside you").click());
      assertThat(bob.locator("nav-pane .who b")).hasText(Pattern.compile("Bob.*"));
      assertTrue(!bob.url().contains("key="), "the address bar keeps no key: " + bob.url());
      page.reload();
      assertThat(page.locator("nav-pane .who b")).hasText(Pattern.compile("Alice.*"));

      page.getByText("Bring your own mail").click();
      assertThat(page.locator("welcome-strip code")).containsText("import mbox FILE --user alice");
      page.getByLabel("Do not show again").click();
      assertThat(page.locator("welcome-strip section")).hasCount(0);
      page.reload();
      Desk.online(page);
      assertThat(page.locator("welcome-strip section")).hasCount(0);
    } finally {
      node.stop().toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
    }
  }
}
