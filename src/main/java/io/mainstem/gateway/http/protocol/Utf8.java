package io.mainstem.gateway.http.protocol;

/**
 * Whether bytes are UTF-8 (RFC 3629): shortest forms only, no surrogates, nothing beyond U+10FFFF.
 */
public final class Utf8 {
  private Utf8() {}

  public static boolean isValid(byte[] b) {
    int i = 0;
    while (i < b.length) {
      int c = b[i++];
      if (c >= 0) {
        continue;
      }
      c &= 0xff;
      int more;
      int low = 0x80;
      int high = 0xbf;
      if (c >= 0xc2 && c <= 0xdf) {
        more = 1;
      } else if (c >= 0xe0 && c <= 0xef) {
        more = 2;
        low = c == 0xe0 ? 0xa0 : 0x80;
        high = c == 0xed ? 0x9f : 0xbf;
      } else if (c >= 0xf0 && c <= 0xf4) {
        more = 3;
        low = c == 0xf0 ? 0x90 : 0x80;
        high = c == 0xf4 ? 0x8f : 0xbf;
      } else {
        return false;
      }
      if (i + more > b.length || (b[i] & 0xff) < low || (b[i] & 0xff) > high) {
        return false;
      }
      for (int k = 1; k < more; k++) {
        if ((b[i + k] & 0xc0) != 0x80) {
          return false;
        }
      }
      i += more;
    }
    return true;
  }
}
