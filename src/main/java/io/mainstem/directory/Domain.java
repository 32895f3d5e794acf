package io.mainstem.directory;

import io.mainstem.message.UserId;
import org.jspecify.annotations.Nullable;

/**
 * A domain whose addresses are given out here.
 *
 * @param name in ASCII form and lower case
 * @param plusAddressing whether {@code alice+x} is alice's
 * @param catchAll who gets what is addressed to nobody; null: it is refused
 * @param quotaBytes of each account; 0: as configured for all
 */
public record Domain(
    String name, boolean plusAddressing, @Nullable UserId catchAll, long quotaBytes) {
  /** A domain with the usual policy. */
  public static Domain named(String name) {
    return new Domain(name, true, null, 0);
  }
}
