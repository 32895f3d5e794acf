package io.mainstem.page;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The real browser, started once for all tests of the page. */
final class Chromium {
  private static Browser shared;

  private Chromium() {}

  static synchronized Browser shared() {
    if (shared == null) {
      PlaywrightAssertions.setDefaultAssertionTimeout(Desk.SOON.toMillis());
      var executable =
          Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
              .map(Path::of)
              .filter(Files::isExecutable)
              .findFirst();
      assumeTrue(executable.isPresent(), "no Chromium: apt-get install chromium");
      var playwright =
          Playwright.create(
              new Playwright.CreateOptions()
                  .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
      shared =
          playwright
              .chromium()
              .launch(
                  new BrowserType.LaunchOptions()
                      .setExecutablePath(executable.get())
                      .setHeadless(true)
                      .setTimeout(180_000)
                      .setArgs(
                          List.of(
                              "--no-sandbox",
                              "--disable-gpu",
                              "--no-first-run",
                              "--disable-background-networking",
                              "--disable-component-update",
                              "--disable-sync")));
    }
    return shared;
  }
}
