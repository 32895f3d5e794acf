package io.mainstem.mime;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares a mail as it was sent with the sender's own copy of it. On its way it has got trace
 * fields (RFC 5321 §4.4) and lost Bcc (RFC 5322 §3.6.3): a copy that says more than what was sent
 * is not the same.
 */
public final class SameMail {
  private static final int MAX_HEADER_BYTES = 1 << 20;

  private SameMail() {}

  /**
   * Whether each field of the copy is one of the mail's, byte for byte, and the bodies are equal.
   * Blocking.
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
    for (String field : wanted) {
      if (times.merge(field, -1, Integer::sum) < 0) {
        return false;
      }
    }
    return bodies(in, its);
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
