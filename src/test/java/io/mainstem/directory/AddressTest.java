package io.mainstem.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.directory.Address.Kind;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "alice@mainstem.test, alice@mainstem.test",
    "' Alice@MainStem.TEST ', Alice@mainstem.test",
    "\"alice\"@mainstem.test, alice@mainstem.test",
    "\"al ice\"@mainstem.test, \"al ice\"@mainstem.test",
    "\"a\\\"b\"@x.test, \"a\\\"b\"@x.test",
    "\"a@b\"@x.test, \"a@b\"@x.test",
    "jörg@bücher.example, jörg@xn--bcher-kva.example",
    "jo\u0308rg@BÜCHER.example, jörg@xn--bcher-kva.example",
    "alice@xn--bcher-kva.example., alice@xn--bcher-kva.example",
    "alice@[127.0.0.1], alice@[127.0.0.1]",
  })
  void mailHasOneForm(String written, String text) {
    Address address = Address.parse(written);
    assertNotNull(address);
    assertEquals(Kind.MAIL, address.kind());
    assertEquals(text, address.text());
    assertEquals(address, Address.parse(address.text()), "its text reads as itself");
  }

  @ParameterizedTest
  @CsvSource({"+49 (30) 123-456, +4930123456", "+1.415.555.0100, +14155550100"})
  void phoneHasOneForm(String written, String text) {
    assertEquals(new Address(Kind.PHONE, text, ""), Address.parse(written));
  }

  @Test
  void handleIsLowerCase() {
    assertEquals(new Address(Kind.HANDLE, "alice.b", ""), Address.parse("Alice.B"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "@",
        "alice@",
        "@x.test",
        ".a@x.test\r\nRCPT",
        "a\0@x.test",
        "a@x..test",
        "a@-x.test",
        "a@x test",
        "+1",
        "+abc",
        "two words",
        "a+b",
        "a@.x"
      })
  void whatIsNoAddressIsRefused(String written) {
    assertNull(Address.parse(written));
  }

  @Test
  void partsHaveTheBoundsOfTheProtocol() {
    assertNotNull(Address.parse("a".repeat(64) + "@x.test"));
    assertNull(Address.parse("a".repeat(65) + "@x.test"));
    assertNull(Address.parse("ö".repeat(33) + "@x.test"), "64 octets, not characters");
    assertNull(Address.parse("a@" + "x".repeat(64) + ".test"));
    assertNull(Address.parse("a@" + "abcdefgh.".repeat(28) + "test"));
  }

  @Test
  void caseIsKeptButDoesNotCompare() {
    Address mixed = Address.parse("Alice@x.test");
    Address lower = Address.parse("alice@X.test");
    assertNotNull(mixed);
    assertNotNull(lower);
    assertEquals(mixed.key(), lower.key());
    assertFalse(mixed.equals(lower));
  }

  @Test
  void detailIsWhatFollowsThePlus() {
    Address address = Address.parse("alice+news+x@x.test");
    assertNotNull(address);
    assertEquals("alice@x.test", address.withoutDetail().text());
    assertEquals("+x@x.test", Address.mail("+x", "x.test").withoutDetail().text());
    assertEquals("\"a +b\"@x.test", Address.mail("a +b", "x.test").withoutDetail().text());
  }

  @Test
  void onlyWhatIsNotAsciiNeedsSmtpUtf8() {
    assertTrue(Address.parse("jörg@x.test").needsSmtpUtf8());
    assertFalse(Address.parse("joerg@bücher.example").needsSmtpUtf8());
  }

  @Test
  void everyTextReadsAsItselfOrAsNothing() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    String alphabet = "ab+.\"\\@ -_éß\u0130\u0301[]A9";
    for (int i = 0; i < 20_000; i++) {
      var written = new StringBuilder();
      for (int n = random.nextInt(12); n >= 0; n--) {
        written.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Address address = Address.parse(written + (i % 2 == 0 ? "@x.test" : ""));
      if (address != null) {
        assertEquals(address, Address.parse(address.text()), () -> "seed " + seed + ": " + written);
        Address folded = Address.parse(address.key());
        assertNotNull(folded, () -> "seed " + seed + ": " + written);
        assertEquals(address.key(), folded.key(), () -> "seed " + seed + ": " + written);
      }
    }
  }
}
