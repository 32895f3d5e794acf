package io.mainstem.directory;

import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import java.util.List;

/**
 * A person with a mailbox here.
 *
 * @param name what he logs in with beside his addresses: the local part of his first mail address
 * @param displayName what others see
 * @param addresses every address, normalised; the first is the one that he sends from unless he
 *     says otherwise
 * @param cell where his mailbox lives
 * @param generation of his mailbox's data
 * @param quotaBytes 0: the domain's
 * @param passwordVersion grows with each change of the password
 */
public record Account(
    UserId id,
    String name,
    String displayName,
    List<String> addresses,
    boolean disabled,
    String cell,
    int generation,
    long quotaBytes,
    long createdMillis,
    long passwordVersion) {
  public Account {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("an account has an address");
    }
  }

  /** The address that he sends from. */
  public String address() {
    return addresses.get(0);
  }

  /**
   * How he stands in a message. Only where a password, a token, or the recipient's address proved
   * that he is meant.
   */
  public Person person() {
    return new Person(address(), displayName, id);
  }

  /**
   * Whether this address is his: what a submission's reverse-path and From must be (RFC 6409 §6.1).
   */
  public boolean owns(Address address) {
    String key = address.key();
    String plain = address.withoutDetail().key();
    for (String own : addresses) {
      Address mine = Address.parse(own);
      if (mine != null && (mine.key().equals(key) || mine.key().equals(plain))) {
        return true;
      }
    }
    return false;
  }

  Account withDisabled(boolean now) {
    return new Account(
        id,
        name,
        displayName,
        addresses,
        now,
        cell,
        generation,
        quotaBytes,
        createdMillis,
        passwordVersion);
  }

  Account withAddresses(List<String> now) {
    return new Account(
        id,
        name,
        displayName,
        now,
        disabled,
        cell,
        generation,
        quotaBytes,
        createdMillis,
        passwordVersion);
  }

  Account withPasswordVersion(long now) {
    return new Account(
        id,
        name,
        displayName,
        addresses,
        disabled,
        cell,
        generation,
        quotaBytes,
        createdMillis,
        now);
  }
}
