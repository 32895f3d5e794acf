package io.mainstem;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test waits for without naming a bound has this one: long beside any pause of a machine
 * that has other things to do, for it costs nothing when what is waited for happens. Registered for
 * every test class, as a service.
 */
public final class LongPatience implements BeforeAllCallback {
  private static final Duration BOUND = Duration.ofMinutes(2);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(BOUND);
  }
}
