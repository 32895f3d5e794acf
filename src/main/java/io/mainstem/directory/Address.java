package io.mainstem.directory;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An address as it is compared and stored.
 *
 * @param text normalised: mail {@code local@domain}, phone {@code +49…}, handle {@code alice}. The
 *     domain is in lower case and in its ASCII form, so that an address with an ASCII local part
 *     needs no SMTPUTF8; the local part is in Unicode form NFC and keeps its case, which only its
 *     own domain may judge (RFC 5321 §2.4)
 * @param domain of a mail address; else empty
 */
public record Address(Kind kind, String text, String domain) {
  /** RFC 5321 §4.5.3.1.1, in octets. */
  private static final int MAX_LOCAL = 64;

  /** RFC 5321 §4.5.3.1.3 allows a path of 256 octets with its angle brackets. */
  private static final int MAX_MAIL = 254;

  private static final int MAX_HANDLE = 64;
  private static final String ATEXT_SPECIALS = "!#$%&'*+-/=?^_`{|}~";

  /** What an address is. */
  public enum Kind {
    MAIL,
    PHONE,
    HANDLE
  }

  /** Reads what a person or a mail program wrote; null when it is no address of any kind. */
  public static @Nullable Address parse(String input) {
    String s = Normalizer.normalize(input.strip(), Normalizer.Form.NFC);
    if (s.isEmpty() || s.length() > 512 || s.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      return null;
    }
    int at = s.lastIndexOf('@');
    if (at > 0) {
      return mail(s.substring(0, at), s.substring(at + 1));
    }
    if (s.charAt(0) == '+') {
      return phone(s);
    }
    String handle = s.toLowerCase(Locale.ROOT);
    boolean legal = handle.length() <= MAX_HANDLE && isDotAtom(handle) && handle.indexOf('+') < 0;
    return legal ? new Address(Kind.HANDLE, handle, "") : null;
  }

  /**
   * A mail address of these two parts (RFC 5321 §4.1.2, RFC 6531 §3.3); null when it cannot be one.
   */
  public static @Nullable Address mail(String local, String domain) {
    String name = Normalizer.normalize(unquote(local), Normalizer.Form.NFC);
    String ascii = domain(domain);
    if (ascii == null
        || name.isEmpty()
        || octets(name) > MAX_LOCAL
        || name.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      return null;
    }
    String text = (isDotAtom(name) ? name : quote(name)) + "@" + ascii;
    return octets(text) > MAX_MAIL ? null : new Address(Kind.MAIL, text, ascii);
  }

  /**
   * A domain in lower case and ASCII form (RFC 5890 A-labels), or an address literal; null when it
   * is neither.
   */
  public static @Nullable String domain(String domain) {
    if (domain.startsWith("[") && domain.endsWith("]")) {
      String literal = domain.toLowerCase(Locale.ROOT);
      return literal.length() <= 64 && literal.chars().allMatch(c -> c > ' ' && c < 0x7f)
          ? literal
          : null;
    }
    try {
      String normal = Normalizer.normalize(domain, Normalizer.Form.NFC);
      String ascii = IDN.toASCII(normal, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
      if (ascii.endsWith(".")) {
        ascii = ascii.substring(0, ascii.length() - 1);
      }
      return ascii.isEmpty()
              || ascii.length() > 253
              || ascii.startsWith(".")
              || ascii.contains("..")
          ? null
          : ascii;
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      // IDN.toASCII answers both for labels that cannot be encoded.
      return null;
    }
  }

  private static @Nullable Address phone(String s) {
    var digits = new StringBuilder("+");
    for (int i = 1; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c >= '0' && c <= '9') {
        digits.append(c);
      } else if (" -()./".indexOf(c) < 0) {
        return null;
      }
    }
    // ITU-T E.164 §6: at most 15 digits; fewer than 7 is a short code, which names nobody abroad.
    return digits.length() < 8 || digits.length() > 16
        ? null
        : new Address(Kind.PHONE, digits.toString(), "");
  }

  /** What makes two addresses of this server one: their text without regard to case. */
  public String key() {
    return Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
  }

  /**
   * The address without what follows the first {@code +} in its local part (RFC 5233); itself when
   * there is no such part.
   */
  public Address withoutDetail() {
    int at = text.lastIndexOf('@');
    int plus = text.indexOf('+');
    return kind == Kind.MAIL && plus > 0 && plus < at && text.charAt(0) != '"'
        ? new Address(kind, text.substring(0, plus) + text.substring(at), domain)
        : this;
  }

  /** The part before the domain; the whole text of a phone number or handle. */
  public String local() {
    return kind == Kind.MAIL ? text.substring(0, text.lastIndexOf('@')) : text;
  }

  /** Whether it can be used only where SMTPUTF8 is spoken (RFC 6531). */
  public boolean needsSmtpUtf8() {
    return text.chars().anyMatch(c -> c > 0x7e);
  }

  @Override
  public String toString() {
    return text;
  }

  private static int octets(String s) {
    return s.getBytes(StandardCharsets.UTF_8).length;
  }

  private static boolean isDotAtom(String s) {
    boolean dot = true;
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c == '.') {
        if (dot) {
          return false;
        }
        dot = true;
      } else if (c >= 0x80 || Character.isLetterOrDigit(c) || ATEXT_SPECIALS.indexOf(c) >= 0) {
        dot = false;
      } else {
        return false;
      }
    }
    return !dot;
  }

  private static String unquote(String local) {
    if (local.length() < 2 || local.charAt(0) != '"' || local.charAt(local.length() - 1) != '"') {
      return local;
    }
    var plain = new StringBuilder();
    for (int i = 1; i < local.length() - 1; i++) {
      char c = local.charAt(i);
      plain.append(c == '\\' && i + 1 < local.length() - 1 ? local.charAt(++i) : c);
    }
    return plain.toString();
  }

  private static String quote(String name) {
    return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
