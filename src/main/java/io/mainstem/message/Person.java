package io.mainstem.message;

import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * Somebody in a conversation.
 *
 * @param address normalised: mail {@code local@domain}, phone {@code +49…}, or a handle
 * @param name the name to show, as the message or the account gave it
 * @param user set when the address belongs to an account here and that account has proved that it
 *     is meant (as recipient, or as sender with password or token); a mail from outside never sets
 *     it for its From
 */
@Proto
public record Person(String address, @Nullable String name, @Nullable UserId user) {
  /** What makes two mentions one person: the account, else the address. */
  public String key() {
    return user != null ? "u:" + user.value() : "a:" + address;
  }
}
