package io.mainstem.gateway.smtp.protocol;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/**
 * Reverse-paths, forward-paths and what they are made of (RFC 5321 §4.1.2, §4.1.3; RFC 6531 §3.3).
 *
 * <p>Lengths: a local part of up to 128 octets (64 is what everybody must take; VERP makes longer
 * ones) and a domain of up to 255 are taken (RFC 5321 §4.5.3.1).
 */
final class PathParser {
  private static final int LOCAL_PART_MAX = 128;
  private static final int DOMAIN_MAX = 255;
  private static final int LABEL_MAX = 63;

  private final Scanner in;
  private final int detail;

  private PathParser(Scanner in, int detail) {
    this.in = in;
    this.detail = detail;
  }

  /**
   * {@code <>} or {@code <mailbox>}; a fault is 501 5.1.7, bad sender's mailbox address syntax (RFC
   * 3463 §3.2).
   */
  static ReversePath reversePath(Scanner in) throws Malformed {
    var parser = new PathParser(in, 7);
    parser.expect('<', "the reverse-path stands in angle brackets");
    if (in.take('>')) {
      return ReversePath.NULL;
    }
    Mailbox mailbox = parser.routedMailbox();
    parser.expect('>', "the reverse-path ends with >");
    return new ReversePath(mailbox);
  }

  /**
   * {@code <Postmaster>} or {@code <mailbox>}; a fault is 501 5.1.3, bad destination mailbox
   * address syntax (RFC 3463 §3.2).
   */
  static ForwardPath forwardPath(Scanner in) throws Malformed {
    var parser = new PathParser(in, 3);
    parser.expect('<', "the forward-path stands in angle brackets");
    if (in.takeWord("postmaster>")) {
      return new ForwardPath.Postmaster();
    }
    Mailbox mailbox = parser.routedMailbox();
    parser.expect('>', "the forward-path ends with >");
    return new ForwardPath.To(mailbox);
  }

  /** What HELO and EHLO may name: a domain or an address literal. */
  static Domain domainOrLiteral(Scanner in, int detail) throws Malformed {
    return new PathParser(in, detail).domain();
  }

  private Mailbox routedMailbox() throws Malformed {
    // A source route is understood and ignored (RFC 5321 §3.3).
    if (in.peek() == '@') {
      do {
        expect('@', "a source route names hosts as @host");
        name();
      } while (in.take(','));
      expect(':', "a source route ends with :");
    }
    String localPart = localPart();
    expect('@', "a mailbox is local@domain");
    return new Mailbox(localPart, domain());
  }

  private String localPart() throws Malformed {
    String local = in.peek() == '"' ? quotedString() : dotString();
    if (utf8Length(local) > LOCAL_PART_MAX) {
      throw malformed("the local part is too long");
    }
    return local;
  }

  private String dotString() throws Malformed {
    int start = in.position();
    do {
      if (in.takeWhile(Scanner::isAtomText).isEmpty()) {
        throw malformed("a local part is words joined by single dots");
      }
    } while (in.take('.'));
    return in.since(start);
  }

  private String quotedString() throws Malformed {
    var out = new StringBuilder();
    in.next();
    while (!in.isEnd()) {
      char c = in.next();
      if (c == '"') {
        if (out.isEmpty()) {
          throw malformed("the local part is empty");
        }
        return out.toString();
      }
      if (c == '\\') {
        if (in.isEnd() || in.peek() > 0x7e) {
          break;
        }
        c = in.next();
      }
      out.append(c);
    }
    throw malformed("the quoted local part does not end");
  }

  private Domain domain() throws Malformed {
    return in.peek() == '[' ? literal() : new Domain.Name(name());
  }

  @CanIgnoreReturnValue
  private String name() throws Malformed {
    int start = in.position();
    do {
      String label = in.takeWhile(c -> Scanner.isLetterOrDigit(c) || c == '-' || c > 0x7f);
      if (label.isEmpty() || label.startsWith("-") || label.endsWith("-")) {
        throw malformed("a domain is labels of letters, digits and inner hyphens");
      }
      if (label.length() > LABEL_MAX) {
        throw malformed("a label of the domain is too long");
      }
    } while (in.take('.'));
    String name = in.since(start);
    if (utf8Length(name) > DOMAIN_MAX) {
      throw malformed("the domain is too long");
    }
    if (!Scanner.isAscii(name)) {
      checkInternational(name);
    }
    return name;
  }

  /** U-labels must have an A-label form (RFC 6531 §3.3, RFC 5890 §2.3.2.1). */
  private void checkInternational(String name) throws Malformed {
    try {
      if (IDN.toASCII(name, IDN.USE_STD3_ASCII_RULES).length() > DOMAIN_MAX) {
        throw malformed("the domain is too long");
      }
    } catch (IllegalArgumentException e) {
      throw malformed("the domain is no internationalised domain name");
    }
  }

  private Domain.Literal literal() throws Malformed {
    in.next();
    boolean v6 = in.takeWord("IPv6:");
    String text = in.takeWhile(c -> Scanner.isLetterOrDigit(c) || c == '.' || c == ':');
    expect(']', "an address literal ends with ]");
    if (v6 ? !IpAddress.isV6(text) : !IpAddress.isV4(text)) {
      throw malformed("an address literal is [192.0.2.1] or [IPv6:2001:db8::1]");
    }
    try {
      // Never a lookup: the text was checked to be an address.
      return new Domain.Literal(
          InetAddress.getByName(text), v6 ? "[IPv6:" + text + "]" : "[" + text + "]");
    } catch (UnknownHostException e) {
      throw malformed("an address literal is [192.0.2.1] or [IPv6:2001:db8::1]");
    }
  }

  private void expect(char c, String otherwise) throws Malformed {
    if (!in.take(c)) {
      throw malformed(otherwise);
    }
  }

  private Malformed malformed(String why) {
    return new Malformed(SmtpReply.of(501, 1, detail, "Syntax error: " + why));
  }

  private static int utf8Length(String s) {
    return Scanner.isAscii(s) ? s.length() : s.getBytes(StandardCharsets.UTF_8).length;
  }
}
