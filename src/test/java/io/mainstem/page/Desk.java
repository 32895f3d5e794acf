package io.mainstem.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.mainstem.page.RunningServer.Account;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test of the page has before it: the running server, and windows of a real browser that
 * close with the test.
 */
final class Desk implements BeforeEachCallback, AfterEachCallback {
  /** Long beside any pause of the machine. */
  static final Duration SOON = Duration.ofMinutes(1);

  private final List<BrowserContext> contexts = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  RunningServer server;

  /** How a window is opened. */
  record Look(int width, int height, ColorScheme scheme) {
    static final Look DESKTOP = new Look(1280, 800, ColorScheme.LIGHT);
    static final Look PHONE = new Look(390, 844, ColorScheme.LIGHT);

    /** 1280 by 1024 pixels at 400 %. */
    static final Look ZOOMED = new Look(320, 256, ColorScheme.LIGHT);

    Look in(ColorScheme other) {
      return new Look(width, height, other);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    server = RunningServer.shared();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    contexts.forEach(BrowserContext::close);
    contexts.clear();
    if (context.getExecutionException().isEmpty() && !complaints.isEmpty()) {
      throw new AssertionError("The page complained: " + complaints);
    }
  }

  /** A window in which nobody is logged in. */
  Page window(Look look) {
    var context =
        Chromium.shared()
            .newContext(
                new Browser.NewContextOptions()
                    .setViewportSize(look.width(), look.height())
                    .setColorScheme(look.scheme())
                    .setReducedMotion(ReducedMotion.REDUCE)
                    .setLocale("en-GB")
                    .setBaseURL(server.url()));
    context.setDefaultTimeout(SOON.toMillis());
    contexts.add(context);
    var page = context.newPage();
    page.onPageError(error -> complaints.add(error));
    page.onConsoleMessage(
        message -> {
          if (message.text().contains("Content Security Policy")
              || message.text().contains("Unhandled")) {
            complaints.add(message.text());
          }
        });
    page.navigate("/");
    return page;
  }

  /** A window of this person, logged in by the form as people do it. */
  Page window(Account account, Look look) {
    var page = window(look);
    page.getByLabel("Name or address").fill(account.name());
    page.getByLabel("Password").first().fill(account.password());
    page.getByRole(
            com.microsoft.playwright.options.AriaRole.BUTTON,
            new Page.GetByRoleOptions().setName("Log in"))
        .click();
    online(page);
    return page;
  }

  Page window(Account account) {
    return window(account, Look.DESKTOP);
  }

  /** Waits until the page has heard everything from the server. */
  static void online(Page page) {
    page.waitForFunction(
        "() =>"
            + " document.querySelector('mainstem-app')?.shadowRoot.querySelector('inbox-page')?.shadowRoot.querySelector('nav-pane')"
            + "?.shadowRoot.querySelector('connection-note')?.shadowRoot.querySelector('.online')");
  }

  /** Opens the conversation of this title from the list. */
  static void open(Page page, String title) {
    row(page, title).click();
    page.locator("thread-view [role=log]").waitFor();
  }

  /**
   * Scrolls the open conversation to where {@code top} says, a term with the pane {@code s}; again
   * while the page, which did not know of it yet, has put back what it showed.
   */
  static void scrollTo(Page page, String top) {
    var pane = page.locator("thread-view .scroll");
    until(
        () ->
            (Boolean)
                pane.evaluate(
                    """
                    async (s) => {
                      s.scrollTop = %s;
                      const there = s.scrollTop;
                      await new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)));
                      return Math.abs(s.scrollTop - there) <= 2;
                    }\
                    """
                        .formatted(top)));
  }

  /** Waits in this thread, of which alone the browser may be asked. */
  static void until(Callable<Boolean> condition) {
    Awaitility.await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .atMost(SOON)
        .until(condition);
  }

  static Locator row(Page page, String title) {
    return page.locator("thread-list .row")
        .filter(new Locator.FilterOptions().setHasText(title))
        .first();
  }

  static Locator message(Page page, String text) {
    return page.locator("thread-view .message")
        .filter(new Locator.FilterOptions().setHasText(text))
        .last();
  }

  static Locator composer(Page page) {
    return page.locator("composer-box textarea");
  }

  static void write(Page page, String text) {
    composer(page).fill(text);
    composer(page).press("Enter");
  }
}
