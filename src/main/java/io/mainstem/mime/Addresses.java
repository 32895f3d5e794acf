package io.mainstem.mime;

import io.mainstem.message.Person;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.james.mime4j.dom.address.Mailbox;
import org.apache.james.mime4j.field.address.LenientAddressParser;
import org.apache.james.mime4j.stream.ParserCursor;
import org.apache.james.mime4j.util.ContentUtil;
import org.jspecify.annotations.Nullable;

/**
 * People as header fields name them (RFC 5322 §3.4); groups are their members. What is no address
 * is left out.
 */
final class Addresses {
  private static final int MAX_ADDRESS = 320;

  private Addresses() {}

  static List<Person> parse(@Nullable String body, int max) {
    List<Person> people = new ArrayList<>();
    if (body == null || body.isBlank()) {
      return people;
    }
    try {
      var bytes = ContentUtil.encode(StandardCharsets.UTF_8, Words.harmless(body));
      for (Mailbox mailbox :
          LenientAddressParser.DEFAULT
              .parseAddressList(bytes, new ParserCursor(0, bytes.length()))
              .flatten()) {
        Person person = person(mailbox);
        if (person != null && people.size() < max) {
          people.add(person);
        }
      }
    } catch (RuntimeException | StackOverflowError malformed) {
      return people; // whoever was understood before
    }
    return people;
  }

  private static @Nullable Person person(Mailbox mailbox) {
    String local = utf8(mailbox.getLocalPart());
    String domain = utf8(mailbox.getDomain());
    if (local.isBlank() || domain.isBlank() || local.length() + domain.length() > MAX_ADDRESS) {
      return null;
    }
    String name = Words.decode(utf8(mailbox.getName()));
    String address = local.strip() + "@" + domain.strip().toLowerCase(Locale.ROOT);
    for (int i = 0; i < address.length(); i++) {
      if (Character.isISOControl(address.charAt(i)) && address.charAt(i) < 0x80) {
        return null;
      }
    }
    return new Person(
        address, name.isEmpty() || name.equalsIgnoreCase(address) ? null : name, null);
  }

  /** The parser keeps bytes as characters of ISO 8859-1; they were UTF-8 (RFC 6532). */
  private static String utf8(@Nullable String text) {
    if (text == null) {
      return "";
    }
    char all = 0;
    for (int i = 0; i < text.length(); i++) {
      all |= text.charAt(i);
    }
    if (all < 0x80 || all > 0xff) {
      return text;
    }
    byte[] raw = text.getBytes(StandardCharsets.ISO_8859_1);
    return Field.text(raw, 0, raw.length);
  }
}
