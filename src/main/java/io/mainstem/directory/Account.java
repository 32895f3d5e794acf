package io.mainstem.directory;

import io.mainstem.message.Person;
import io.mainstem.message.UserId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * @param lastGeneration the highest that was ever given to his data, for a move that was given up
 *     too
 * @param move that is under way; null when there is none. One to his own cell mends his mailbox,
 *     which nobody opens meanwhile
 * @param setAside generations that were mended and are kept as they were
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
    long passwordVersion,
    int lastGeneration,
    @Nullable Move move,
    List<Integer> setAside) {
  /** An account that never moved. */
  public Account(
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
    this(
        id,
        name,
        displayName,
        addresses,
        disabled,
        cell,
        generation,
        quotaBytes,
        createdMillis,
        passwordVersion,
        generation,
        null,
        List.of());
  }

  /**
   * The mailbox is on its way.
   *
   * @param cell where it is to live
   * @param generation that it has there, and that nothing else ever had
   */
  public record Move(String cell, int generation, long startedMillis) {}

  public Account {
    addresses = List.copyOf(addresses);
    // An account that an older version wrote has none.
    setAside = setAside == null ? List.of() : List.copyOf(setAside);
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
        passwordVersion,
        lastGeneration,
        move,
        setAside);
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
        passwordVersion,
        lastGeneration,
        move,
        setAside);
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
        now,
        lastGeneration,
        move,
        setAside);
  }

  Account withMove(@Nullable Move now) {
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
        passwordVersion,
        now == null ? highestGeneration() : now.generation(),
        now,
        setAside);
  }

  /** He lives where the move was to bring him. */
  Account moved(Move done) {
    return new Account(
        id,
        name,
        displayName,
        addresses,
        disabled,
        done.cell(),
        done.generation(),
        quotaBytes,
        createdMillis,
        passwordVersion,
        highestGeneration(),
        null,
        isMended() ? plus(setAside, generation) : setAside);
  }

  private static List<Integer> plus(List<Integer> generations, int one) {
    var all = new ArrayList<>(generations);
    all.add(one);
    return all;
  }

  /** Whether his mailbox is being mended: nobody may open it. */
  public boolean isMended() {
    return move != null && move.cell().equals(cell);
  }

  /**
   * Whether this generation of his data is neither the present one nor ever will be: it is older,
   * or of a move that was given up. What was set aside is kept.
   */
  public boolean isDead(int old) {
    return old != generation
        && old <= highestGeneration()
        && (move == null || move.generation() != old)
        && !setAside.contains(old);
  }

  /** No data of his has, or had, a higher one. */
  int highestGeneration() {
    return Math.max(generation, lastGeneration);
  }
}
