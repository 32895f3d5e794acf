package io.mainstem.mailbox.decide;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.mainstem.mailbox.state.Fingerprint;
import io.mainstem.mailbox.state.IndexPage.Key;
import io.mainstem.mailbox.state.IndexShape;
import io.mainstem.mailbox.state.Standing;
import io.mainstem.message.Person;

/** How people stand with the owner. */
final class Contacts {
  private Contacts() {}

  static String key(Person p) {
    return Fingerprint.of("contact", p.key());
  }

  static Standing standing(Ledger ledger, Person p) {
    var found = ledger.reads.find(IndexShape.CONTACTS, key(p));
    var standing = found == null ? null : found.key().standing();
    return standing == null ? Standing.STRANGER : standing;
  }

  /** Sets it; says whether it was otherwise. */
  @CanIgnoreReturnValue
  static boolean put(Ledger ledger, Person p, Standing standing) {
    var key = key(p);
    var found = ledger.reads.find(IndexShape.CONTACTS, key);
    if (found != null && found.key().standing() == standing) {
      return false;
    }
    var entry = new Key(key, null, 0, null, 0, null, null, standing);
    if (found == null) {
      ledger.index(IndexShape.CONTACTS, entry);
    } else {
      ledger.reindex(IndexShape.CONTACTS, found, entry);
    }
    return true;
  }
}
