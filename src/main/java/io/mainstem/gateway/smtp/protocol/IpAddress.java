package io.mainstem.gateway.smtp.protocol;

/** The texts of IP addresses, checked by hand so that no text ever becomes a DNS query. */
final class IpAddress {
  private IpAddress() {}

  /** Four decimal numbers up to 255 without leading zeros. */
  static boolean isV4(String s) {
    String[] parts = s.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      if (part.isEmpty() || part.length() > 3 || part.length() > 1 && part.charAt(0) == '0') {
        return false;
      }
      int value = 0;
      for (int i = 0; i < part.length(); i++) {
        char c = part.charAt(i);
        if (c < '0' || c > '9') {
          return false;
        }
        value = value * 10 + c - '0';
      }
      if (value > 255) {
        return false;
      }
    }
    return true;
  }

  /**
   * Eight groups of hexadecimal digits, one run of zero groups as {@code ::}, the last two perhaps
   * as IPv4 (RFC 5321 §4.1.3).
   */
  static boolean isV6(String s) {
    int gap = s.indexOf("::");
    if (gap < 0) {
      return groups(s, true) == 8;
    }
    int before = gap == 0 ? 0 : groups(s.substring(0, gap), false);
    String tail = s.substring(gap + 2);
    int after = tail.isEmpty() ? 0 : groups(tail, true);
    return before >= 0 && after >= 0 && before + after <= 7;
  }

  /** How many 16-bit groups this is, or a number far below zero. */
  private static int groups(String s, boolean mayEndInV4) {
    String[] parts = s.split(":", -1);
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      if (mayEndInV4 && i == parts.length - 1 && part.indexOf('.') >= 0) {
        return isV4(part) ? count + 2 : Integer.MIN_VALUE / 2;
      }
      if (part.isEmpty()
          || part.length() > 4
          || !part.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80)) {
        return Integer.MIN_VALUE / 2;
      }
      count++;
    }
    return count;
  }
}
