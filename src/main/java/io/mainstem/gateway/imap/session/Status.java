package io.mainstem.gateway.imap.session;

import org.jspecify.annotations.Nullable;

/**
 * How a command ended (RFC 9051 §7.1).
 *
 * @param code of the response, without brackets; null when none
 */
public record Status(Kind kind, @Nullable String code, String text) {
  /** RFC 9051 §7.1. */
  public enum Kind {
    OK,
    NO,
    BAD
  }

  public static Status ok(String text) {
    return new Status(Kind.OK, null, text);
  }

  public static Status ok(String code, String text) {
    return new Status(Kind.OK, code, text);
  }

  public static Status no(String code, String text) {
    return new Status(Kind.NO, code, text);
  }

  public static Status bad(String text) {
    return new Status(Kind.BAD, null, text);
  }

  @Override
  public String toString() {
    return kind + " " + (code == null ? "" : "[" + code + "] ") + text;
  }
}
