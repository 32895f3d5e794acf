package io.mainstem.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.ReducedMotion;
import io.mainstem.app.Mainstem;
import io.mainstem.config.Config;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Not a test: draws the pictures of the README from the demonstration. Started by
 * scripts/screenshots.
 */
class Screenshots {
  private static final Path DOCS = Path.of("docs");

  @Test
  void ofTheDemonstration() throws Exception {
    var data = Files.createTempDirectory("mainstem-screenshots");
    var config =
        Config.of(
            Map.of(
                "data", data.resolve("data").toString(),
                "http.port", "0",
                "smtp.port", "0",
                "submission.port", "0",
                "imap.port", "0",
                "admin.port", "0"));
    var node =
        Mainstem.start(config, true)
            .toCompletionStage()
            .toCompletableFuture()
            .get(120, TimeUnit.SECONDS);
    try {
      var token = Files.readString(data.resolve("data").resolve("admin.token")).strip();
      take(node, token, 1360, 1270, ColorScheme.LIGHT, "inbox.png");
      take(node, token, 1360, 1270, ColorScheme.DARK, "inbox-dark.png");
    } finally {
      node.stop().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }

  private static void take(
      Mainstem node, String token, int width, int height, ColorScheme scheme, String name)
      throws Exception {
    try (var context =
        Chromium.shared()
            .newContext(
                new Browser.NewContextOptions()
                    .setViewportSize(width, height)
                    .setDeviceScaleFactor(2)
                    .setColorScheme(scheme)
                    .setReducedMotion(ReducedMotion.REDUCE)
                    .setLocale("en-GB"))) {
      var url = "http://" + node.addresses().get("http");
      context.addCookies(List.of(new Cookie("mainstem_session", session(node, token)).setUrl(url)));
      var page = context.newPage();
      page.navigate(url + "/#/inbox");
      page.locator("thread-list .row")
          .filter(new Locator.FilterOptions().setHasText("Bob"))
          .first()
          .click();
      page.getByText("surprise").last().waitFor();
      var dismiss =
          page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Do not show again"));
      if (dismiss.isVisible()) {
        dismiss.click();
      }
      page.locator("thread-view .scroll").evaluate("s => { s.scrollTop = s.scrollHeight; }");
      page.locator("attachment-list img").first().evaluate("image => image.decode()");
      page.screenshot(new Page.ScreenshotOptions().setPath(DOCS.resolve(name)));
    }
  }

  /** A session of Alice's, by the admin API. */
  static String session(Mainstem node, String token) throws Exception {
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://" + node.addresses().get("admin") + "/admin/users/alice/sessions"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    return new JsonObject(answer.body()).getString("token");
  }
}
