package io.mainstem.message;

import org.infinispan.protostream.annotations.Proto;

/** How a message came or goes. A field of a message, not a place where it stands. */
@Proto
public enum Channel {
  MAIL,
  CHAT,
  SMS;

  /** The word on the wire: {@code mail}, {@code chat} or {@code sms}. */
  public String word() {
    return switch (this) {
      case MAIL -> "mail";
      case CHAT -> "chat";
      case SMS -> "sms";
    };
  }
}
