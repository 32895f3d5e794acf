package io.mainstem.gateway.smtp.protocol;

/** What BODY= of MAIL says of the bytes to come (RFC 6152 §3, RFC 3030 §3). */
public enum Body {
  SEVEN_BIT("7BIT"),
  EIGHT_BIT_MIME("8BITMIME"),
  BINARY_MIME("BINARYMIME");

  private final String word;

  Body(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }
}
