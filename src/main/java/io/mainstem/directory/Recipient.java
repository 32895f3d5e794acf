package io.mainstem.directory;

/** What an address is to this server. */
public sealed interface Recipient {
  /** The address as it was asked for, normalised. */
  Address address();

  /** It belongs to an account. */
  record Local(Address address, Account account) implements Recipient {}

  /**
   * Its domain is ours, or it has none, and nobody has it (or who had it is disabled). RFC 5321
   * §4.2.3: 550.
   */
  record Unknown(Address address) implements Recipient {}

  /** Its domain is not ours. */
  record Remote(Address address) implements Recipient {}
}
