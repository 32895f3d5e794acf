package io.mainstem.gateway.imap.protocol;

import io.mainstem.gateway.imap.protocol.CommandParser.Tagged;
import java.time.OffsetDateTime;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads APPEND and REPLACE (RFC 9051 §6.3.12, RFC 3502, RFC 8508) as far as a message, which is not
 * read with the command: it may be long.
 */
final class AppendParser {
  private AppendParser() {}

  /**
   * APPEND or REPLACE up to its message, when that is what these bytes are; null: not yet, or
   * another command.
   *
   * @param bytes of a command that goes on with a literal, without the literal's announcement
   */
  static @Nullable Tagged before(byte[] bytes, boolean binary) {
    var in = new Scanner(bytes);
    try {
      String tag = in.tag();
      in.space();
      String word = in.word();
      boolean uid = word.equals("UID");
      if (uid) {
        in.space();
        word = in.word();
      }
      in.space();
      if (word.equals("REPLACE")) {
        int number = in.sequenceNumber();
        in.space();
        var append = message(in, in.astring(), binary);
        return append == null
            ? null
            : new Tagged(tag, new ImapCommand.Replace(number, uid, append));
      }
      if (uid || !word.equals("APPEND")) {
        return null;
      }
      var append = message(in, in.astring(), binary);
      return append == null ? null : new Tagged(tag, append);
    } catch (Malformed notYet) {
      return null;
    }
  }

  /**
   * What stands between two messages of one APPEND (RFC 3502), when that is what these bytes are;
   * else null.
   *
   * @param before the command up to the message before
   */
  static @Nullable Tagged between(Tagged before, byte[] bytes, boolean binary) {
    if (!(before.command() instanceof ImapCommand.Append append)) {
      return null;
    }
    var in = new Scanner(bytes);
    try {
      if (append.utf8()) {
        in.expect(')');
      }
      var next = message(in, append.mailbox(), binary);
      return next == null ? null : new Tagged(before.tag(), next);
    } catch (Malformed somethingElse) {
      return null;
    }
  }

  /** From the space before flags, date and message on. */
  private static ImapCommand.@Nullable Append message(Scanner in, String mailbox, boolean binary) {
    in.space();
    Set<String> flags = new LinkedHashSet<>();
    if (in.peek() == '(') {
      flags.addAll(in.flags());
      in.space();
    }
    OffsetDateTime received = null;
    if (in.peek() == '"') {
      received = DateParser.dateTime(in.string());
      in.space();
    }
    boolean utf8 = binary && in.takeWord("UTF8");
    if (utf8) {
      in.space();
      in.expect('(');
    }
    return in.atEnd() ? new ImapCommand.Append(mailbox, flags, received, binary, utf8) : null;
  }
}
