package io.mainstem.app.demo;

import io.mainstem.directory.Account;
import io.mainstem.message.MessageId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The mails of the demo: files with {@code {names}} to fill in. Blocking, for a moment. */
final class DemoMail {
  private static final Pattern NAME = Pattern.compile("\\{([a-z0-9.:-]+)}");

  private DemoMail() {}

  /**
   * The bytes of a mail as it came over the wire. @param ids of all mails, by the name of their
   * file
   */
  static byte[] render(
      String name, Instant date, Map<String, Account> people, Function<String, MessageId> ids) {
    Matcher names = NAME.matcher(new String(resource(name + ".eml"), StandardCharsets.UTF_8));
    String filled =
        names.replaceAll(
            found -> Matcher.quoteReplacement(value(found.group(1), name, date, people, ids)));
    return filled.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String value(
      String word,
      String mail,
      Instant date,
      Map<String, Account> people,
      Function<String, MessageId> ids) {
    if (word.equals("date")) {
      return DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z", Locale.US)
          .format(date.atOffset(ZoneOffset.UTC));
    }
    if (word.equals("id") || word.startsWith("id:")) {
      return ids.apply(word.equals("id") ? mail : word.substring(3))
          .value()
          .toLowerCase(Locale.ROOT);
    }
    if (word.endsWith(".png")) {
      return Base64.getMimeEncoder(76, "\n".getBytes(StandardCharsets.US_ASCII))
          .encodeToString(resource(word));
    }
    Account person = Objects.requireNonNull(people.get(word), word);
    return person.displayName() + " <" + person.address() + ">";
  }

  private static byte[] resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(DemoMail.class.getResourceAsStream("/demo/" + name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
