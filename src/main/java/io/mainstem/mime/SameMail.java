package io.mainstem.mime;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares a mail as its sender keeps it with his program's own copy of it. On its way it has got
 * trace fields (RFC 5321 §4.4): a copy that says more than what was sent is not the same.
 */
public final class SameMail {
  private static final int MAX_HEADER_BYTES = 1 << 20;

  private static final int MAX_BCC = 10_000;

  private SameMail() {}

  /**
   * Whether each field of the copy is one of the mail's, byte for byte, and the bodies are equal.
   * Of Bcc it is the addresses that count: a program that keeps it sends it as recipients (RFC 5322
   * §3.6.3). Blocking.
   */
  public static boolean holds(InputStream mail, InputStream copy) throws IOException {
    var in = new BufferedInputStream(mail);
    var its = new BufferedInputStream(copy);
    List<String> fields = fields(in);
    List<String> wanted = fields(its);
    if (fields == null || wanted == null) {
      return false;
    }
    var times = new HashMap<String, Integer>();
    fields.forEach(field -> times.merge(field, 1, Integer::sum));
    var hidden = new ArrayList<String>();
    for (String field : wanted) {
      if (isBcc(field)) {
        hidden.add(field);
      } else if (times.merge(field, -1, Integer::sum) < 0) {
        return false;
      }
    }
    return (hidden.isEmpty() || named(fields).containsAll(named(hidden))) && bodies(in, its);
  }

  private static boolean isBcc(String field) {
    return field.regionMatches(true, 0, "bcc", 0, 3)
        && field.substring(3).stripLeading().startsWith(":");
  }

  /** Whom the Bcc fields among these name; what is no address names itself, as it stands. */
  private static Set<String> named(List<String> fields) {
    var named = new HashSet<String>();
    for (String field : fields) {
      if (isBcc(field)) {
        byte[] bytes = field.getBytes(StandardCharsets.ISO_8859_1);
        int from = field.indexOf(':') + 1;
        String body = Field.text(bytes, from, bytes.length - from);
        var people = Addresses.parse(body.replaceAll("\r?\n", ""), MAX_BCC);
        people.forEach(p -> named.add(p.address().toLowerCase(Locale.ROOT)));
        if (people.isEmpty() && !body.isBlank()) {
          named.add(body);
        }
      }
    }
    return named;
  }

  /** The fields of a header with their line breaks; null when it is longer than is looked at. */
  private static @Nullable List<String> fields(InputStream in) throws IOException {
    var fields = new ArrayList<String>();
    var field = new ByteArrayOutputStream();
    var line = new ByteArrayOutputStream();
    for (int total = 0; total < MAX_HEADER_BYTES; total++) {
      int b = in.read();
      if (b >= 0) {
        line.write(b);
      }
      if (b >= 0 && b != '\n') {
        continue;
      }
      String text = line.toString(StandardCharsets.ISO_8859_1);
      line.reset();
      boolean folded = text.startsWith(" ") || text.startsWith("\t");
      if (!folded && field.size() > 0) {
        fields.add(field.toString(StandardCharsets.ISO_8859_1));
        field.reset();
      }
      if (text.isBlank() && !folded) {
        return fields; // where the header ends, or the mail
      }
      field.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
      if (b < 0) {
        fields.add(field.toString(StandardCharsets.ISO_8859_1));
        return fields;
      }
    }
    return null;
  }

  private static boolean bodies(InputStream one, InputStream other) throws IOException {
    byte[] a = new byte[8192];
    byte[] b = new byte[8192];
    while (true) {
      int n = one.readNBytes(a, 0, a.length);
      int m = other.readNBytes(b, 0, b.length);
      if (n != m || !Arrays.equals(a, 0, n, b, 0, m)) {
        return false;
      }
      if (n < a.length) {
        return true;
      }
    }
  }
}
