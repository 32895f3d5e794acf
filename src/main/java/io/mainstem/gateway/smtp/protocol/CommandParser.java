package io.mainstem.gateway.smtp.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One command line to a command (RFC 5321 §4.1). */
public final class CommandParser {
  private CommandParser() {}

  /**
   * @param line without its CRLF
   */
  public static SmtpCommand parse(byte[] line) throws Malformed {
    var in = new Scanner(text(line));
    String verb = Scanner.upper(in.takeWhile(c -> c != ' '));
    SmtpCommand command =
        switch (verb) {
          case "HELO" -> new SmtpCommand.Helo(client(in));
          case "EHLO" -> new SmtpCommand.Ehlo(client(in));
          case "MAIL" -> mail(in);
          case "RCPT" -> rcpt(in);
          case "DATA" -> new SmtpCommand.Data();
          case "BDAT" -> bdat(in);
          case "RSET" -> new SmtpCommand.Rset();
          case "VRFY" -> new SmtpCommand.Vrfy(argument(in));
          case "EXPN" -> new SmtpCommand.Expn(argument(in));
          case "HELP" -> new SmtpCommand.Help(in.rest().strip());
          // NOOP may carry a string, which is ignored.
          case "NOOP" -> {
            in.rest();
            yield new SmtpCommand.Noop();
          }
          case "QUIT" -> new SmtpCommand.Quit();
          case "STARTTLS" -> new SmtpCommand.StartTls();
          case "AUTH" -> auth(in);
          // A web page can make a browser send a form here; its body must not become commands.
          case "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT" ->
              throw new Malformed(SmtpReply.of(521, 7, 0, "This is SMTP, not HTTP"));
          default -> throw new Malformed(SmtpReply.of(500, 5, 1, "Command not recognised"));
        };
    in.skipSpaces();
    if (!in.isEnd()) {
      throw syntax("there is more on the line than the command takes");
    }
    return command;
  }

  private static String text(byte[] line) throws Malformed {
    for (byte b : line) {
      if (b >= 0 && b < ' ' && b != '\t' || b == 0x7f) {
        throw new Malformed(
            SmtpReply.of(500, 5, 2, "Syntax error: a command holds no control characters"));
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed(SmtpReply.of(500, 5, 2, "Syntax error: a command is ASCII or UTF-8"));
    }
  }

  /**
   * The client's name: a domain or an address literal by RFC 5321 §4.1.1.1; what real clients send
   * instead is taken too.
   */
  private static String client(Scanner in) throws Malformed {
    in.skipSpaces();
    String name = in.takeWhile(c -> c > ' ');
    if (name.isEmpty()) {
      throw syntax("the client's name is missing");
    }
    if (name.length() > 255) {
      throw syntax("the client's name is too long");
    }
    return name;
  }

  private static SmtpCommand mail(Scanner in) throws Malformed {
    in.skipSpaces();
    if (!in.takeWord("FROM:")) {
      throw syntax("MAIL FROM:<address> [parameters]");
    }
    // The grammar has no space here, but many clients send one.
    in.skipSpaces();
    ReversePath path = PathParser.reversePath(in);
    MailParameters parameters = mailParameters(in);
    Mailbox mailbox = path.mailbox();
    if (!parameters.smtputf8() && mailbox != null && !isAscii(mailbox)) {
      // RFC 6531 §3.5.
      throw new Malformed(SmtpReply.of(550, 6, 7, "The address is not ASCII: say SMTPUTF8"));
    }
    return new SmtpCommand.Mail(path, parameters);
  }

  private static MailParameters mailParameters(Scanner in) throws Malformed {
    Long size = null;
    Body body = null;
    boolean smtputf8 = false;
    boolean auth = false;
    while (in.peek() == ' ') {
      in.skipSpaces();
      if (in.isEnd()) {
        break;
      }
      String keyword = Scanner.upper(in.takeWhile(c -> Scanner.isLetterOrDigit(c) || c == '-'));
      String value = in.take('=') ? in.takeWhile(c -> c > ' ' && c != '=') : null;
      switch (keyword) {
        case "SIZE" -> {
          once(size == null, keyword);
          size = size(value);
        }
        case "BODY" -> {
          once(body == null, keyword);
          body = body(value);
        }
        case "SMTPUTF8" -> {
          once(!smtputf8 && value == null, keyword);
          smtputf8 = true;
        }
        case "AUTH" -> {
          // RFC 4954 §5: who submitted it elsewhere; read and not trusted.
          once(!auth && value != null && !value.isEmpty(), keyword);
          auth = true;
        }
        default -> throw unknownParameter();
      }
    }
    return new MailParameters(size, body == null ? Body.SEVEN_BIT : body, smtputf8);
  }

  private static void once(boolean good, String keyword) throws Malformed {
    if (!good) {
      throw new Malformed(SmtpReply.of(501, 5, 4, "Syntax error in parameter " + keyword));
    }
  }

  /** RFC 1870 §4: up to 20 digits. */
  private static Long size(@Nullable String value) throws Malformed {
    once(
        value != null
            && !value.isEmpty()
            && value.length() <= 20
            && value.chars().allMatch(c -> c >= '0' && c <= '9'),
        "SIZE");
    try {
      return Long.valueOf(value);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  private static Body body(@Nullable String value) throws Malformed {
    for (Body body : Body.values()) {
      if (body.word().equalsIgnoreCase(value)) {
        return body;
      }
    }
    throw new Malformed(SmtpReply.of(501, 5, 4, "BODY is 7BIT, 8BITMIME or BINARYMIME"));
  }

  private static SmtpCommand rcpt(Scanner in) throws Malformed {
    in.skipSpaces();
    if (!in.takeWord("TO:")) {
      throw syntax("RCPT TO:<address>");
    }
    in.skipSpaces();
    ForwardPath path = PathParser.forwardPath(in);
    in.skipSpaces();
    if (!in.isEnd()) {
      throw unknownParameter();
    }
    return new SmtpCommand.Rcpt(path);
  }

  private static SmtpCommand bdat(Scanner in) throws Malformed {
    in.skipSpaces();
    String digits = in.takeWhile(c -> c >= '0' && c <= '9');
    if (digits.isEmpty() || digits.length() > 18) {
      throw syntax("BDAT size [LAST]");
    }
    in.skipSpaces();
    return new SmtpCommand.Bdat(Long.parseLong(digits), in.takeWord("LAST"));
  }

  private static SmtpCommand auth(Scanner in) throws Malformed {
    in.skipSpaces();
    String mechanism =
        Scanner.upper(in.takeWhile(c -> Scanner.isLetterOrDigit(c) || c == '-' || c == '_'));
    if (mechanism.isEmpty() || mechanism.length() > 20) {
      throw syntax("AUTH mechanism [initial-response]");
    }
    in.skipSpaces();
    String response = in.takeWhile(c -> c > ' ');
    return new SmtpCommand.Auth(mechanism, response.isEmpty() ? null : response);
  }

  private static String argument(Scanner in) throws Malformed {
    String argument = in.rest().strip();
    if (argument.isEmpty()) {
      throw syntax("an argument is missing");
    }
    return argument;
  }

  private static boolean isAscii(Mailbox mailbox) {
    return Scanner.isAscii(mailbox.localPart()) && Scanner.isAscii(mailbox.domain().toString());
  }

  private static Malformed syntax(String why) {
    return new Malformed(SmtpReply.of(501, 5, 4, "Syntax error: " + why));
  }

  /** RFC 5321 §4.1.1.11. */
  private static Malformed unknownParameter() {
    return new Malformed(SmtpReply.of(555, 5, 4, "Parameter not recognised"));
  }
}
