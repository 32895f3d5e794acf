package io.mainstem.gateway.smtp.protocol;

/** An enhanced status code {@code class.subject.detail} (RFC 3463). */
public record EnhancedCode(int kind, int subject, int detail) {
  public static EnhancedCode of(int kind, int subject, int detail) {
    return new EnhancedCode(kind, subject, detail);
  }

  public EnhancedCode {
    if (kind != 2 && kind != 4 && kind != 5) {
      throw new IllegalArgumentException("an enhanced status code is of class 2, 4 or 5");
    }
  }

  @Override
  public String toString() {
    return kind + "." + subject + "." + detail;
  }
}
