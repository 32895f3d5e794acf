package io.mainstem.mailbox.wire;

import io.mainstem.message.Rejected;
import org.infinispan.protostream.annotations.Proto;

/** A {@link Rejected}; the rule by its name, so that a newer node may know more of them. */
@Proto
record Refusal(String rule, String text) {
  static Refusal of(Rejected rejected) {
    return new Refusal(rejected.rule().name(), String.valueOf(rejected.getMessage()));
  }

  Rejected rejected() {
    for (Rejected.Rule known : Rejected.Rule.values()) {
      if (known.name().equals(rule)) {
        return new Rejected(known, text);
      }
    }
    return new Rejected(Rejected.Rule.STORE_FAILED, text);
  }
}
