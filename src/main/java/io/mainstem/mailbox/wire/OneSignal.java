package io.mainstem.mailbox.wire;

import io.mainstem.mailbox.Signal;
import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/** A signal. Exactly one of these is set; kinds are only ever added at the end. */
@Proto
record OneSignal(Signal.@Nullable Typing typing) {
  static OneSignal of(Signal value) {
    return new OneSignal(Wire.as(Signal.Typing.class, value));
  }

  Signal value() {
    return Wire.first(typing);
  }
}
