package io.mainstem.mailbox.answer;

import io.mainstem.mailbox.Reason;
import io.mainstem.mailbox.state.Ref;
import io.mainstem.message.Person;
import org.jspecify.annotations.Nullable;

/** Reasons in words. Only the code is kept; the name comes from the message while it has one. */
final class Reasons {
  private Reasons() {}

  /** A reason of Requests or Junk is shown while the message stands there. */
  static @Nullable String shown(Ref ref) {
    var code = ref.reason();
    if (code == null
        || code.equals("new-sender")
        || code.equals("not-from-account")
        || code.equals("burst-held")) {
      return code;
    }
    return ref.in("requests") != null || ref.in("junk") != null ? code : null;
  }

  static @Nullable Reason of(@Nullable String code, @Nullable Person from) {
    if (code == null) {
      return null;
    }
    var who =
        from == null
            ? "this person"
            : from.name() == null || from.name().isBlank() ? from.address() : from.name();
    var text =
        switch (code) {
          case "stranger" -> "You have neither written to " + who + " nor accepted them.";
          case "screened" -> "You screen mail from people whom you have not written to.";
          case "new-sender" ->
              "New sender: you have neither written to " + who + " nor accepted them.";
          case "not-from-account" ->
              "Says that it is from " + who + "; was not sent with their password.";
          case "declined" -> "You have declined " + who + ".";
          case "blocked" -> "You have blocked " + who + ".";
          case "burst-held" -> "Held back: you have written to many new people within an hour.";
          default -> code;
        };
    return new Reason(code, text);
  }
}
