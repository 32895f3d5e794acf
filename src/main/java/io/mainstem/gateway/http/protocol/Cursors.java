package io.mainstem.gateway.http.protocol;

import io.mainstem.mailbox.Cursor;
import io.mainstem.mailbox.Position;
import io.mainstem.message.Hlc;

/**
 * Cursors and positions as opaque texts. A text that this did not write is refused, so that a guess
 * is never taken for a place: each ends with a check, and only the shortest form of a number
 * counts.
 */
public final class Cursors {
  private static final int RADIX = 36;

  /** Characters of the check: one guess in 46,656 passes. */
  private static final int CHECK = 3;

  private Cursors() {}

  public static String write(Cursor cursor) {
    return write(cursor.generation(), cursor.seq());
  }

  /** {@code generation-seq} in base 36, and a check. */
  public static String write(int generation, long seq) {
    var body = Integer.toString(generation, RADIX) + "-" + Long.toString(seq, RADIX);
    return body + check(body);
  }

  /**
   * @throws Refused with BAD_CURSOR
   */
  public static Cursor read(String text, String field) {
    try {
      int dash = text.indexOf('-');
      if (dash > 0 && text.length() <= 32) {
        int generation = Integer.parseInt(text.substring(0, dash), RADIX);
        long seq = Long.parseLong(text.substring(dash + 1, text.length() - CHECK), RADIX);
        if (generation >= 0 && seq >= 0 && write(generation, seq).equals(text)) {
          return new Cursor(generation, seq);
        }
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      // Falls through to the refusal below.
    }
    throw notOne(field);
  }

  /** {@code stamp.id} and a check. */
  public static String write(Position position) {
    var body = Long.toUnsignedString(position.stamp().packed(), RADIX) + "." + position.id();
    return body + "." + check(body);
  }

  /**
   * @throws Refused with BAD_CURSOR
   */
  public static Position readPosition(String text, String field) {
    try {
      int dot = text.indexOf('.');
      if (dot > 0) {
        var position =
            new Position(
                new Hlc(Long.parseUnsignedLong(text.substring(0, dot), RADIX)),
                text.substring(dot + 1, text.length() - CHECK - 1));
        if (write(position).equals(text)) {
          return position;
        }
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      // Falls through to the refusal below.
    }
    throw notOne(field);
  }

  private static Refused notOne(String field) {
    return new Refused(Problem.of(ProblemType.BAD_CURSOR, "Use a cursor as it was given.", field));
  }

  private static String check(String body) {
    int h = 7;
    for (int i = 0; i < body.length(); i++) {
      h = h * 31 + body.charAt(i);
    }
    h = Math.floorMod(h * 0x9e3779b1, RADIX * RADIX * RADIX);
    return new String(
        new char[] {
          Character.forDigit(h / RADIX / RADIX, RADIX),
          Character.forDigit(h / RADIX % RADIX, RADIX),
          Character.forDigit(h % RADIX, RADIX)
        });
  }
}
