package io.mainstem.gateway.smtp.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandParserTest {
  private static final List<String> SEEDS =
      List.of(
          "EHLO client.example",
          "MAIL FROM:<\"a \\\"b\"@[IPv6:2001:db8::1]> SIZE=12345 BODY=8BITMIME SMTPUTF8 AUTH=<>",
          "MAIL FROM:<>",
          "RCPT TO:<@one.example,@two.example:alice+x@mainstem.test>",
          "RCPT TO:<Postmaster>",
          "BDAT 86 LAST",
          "AUTH PLAIN AGEAYg==",
          "STARTTLS",
          "NOOP x",
          "DATA");

  @Test
  void whatIsNoSmtpIsMalformedAndNothingElse() {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    int parsed = 0;
    for (int run = 0; run < 300_000; run++) {
      byte[] line =
          mutated(SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8), random);
      try {
        CommandParser.parse(line);
        parsed++;
      } catch (Malformed malformed) {
        assertTrue(malformed.reply().code() >= 500, () -> "seed " + seed);
      } catch (RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + ": " + new String(line, StandardCharsets.ISO_8859_1), e);
      }
    }
    assertTrue(parsed > 10_000, "some lines stayed good");
  }

  private static byte[] mutated(byte[] line, Random random) {
    byte[] out = line.clone();
    for (int i = random.nextInt(4); i > 0 && out.length > 0; i--) {
      int at = random.nextInt(out.length);
      switch (random.nextInt(4)) {
        case 0 -> out[at] = (byte) random.nextInt(256);
        case 1 -> out[at] = (byte) "<>@[]:.,\"\\ =+".charAt(random.nextInt(13));
        case 2 -> out = java.util.Arrays.copyOf(out, at);
        default -> out[at] = out[random.nextInt(out.length)];
      }
    }
    return out;
  }

  @Test
  void aRenderedMailboxParsesToItself() throws Malformed {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    for (int run = 0; run < 50_000; run++) {
      var mailbox =
          new Mailbox(word(random, " .\"\\@<>abc(),;:é漢"), new Domain.Name(domain(random)));
      String line = "MAIL FROM:<" + mailbox + "> SMTPUTF8";
      SmtpCommand command = CommandParser.parse(line.getBytes(StandardCharsets.UTF_8));
      var expected =
          new SmtpCommand.Mail(
              new ReversePath(mailbox), new MailParameters(null, Body.SEVEN_BIT, true));
      assertEquals(expected, command, () -> "seed " + seed + " " + line);
    }
  }

  private static String word(Random random, String letters) {
    var out = new StringBuilder();
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      out.append(letters.charAt(random.nextInt(letters.length())));
    }
    return out.toString();
  }

  private static String domain(Random random) {
    return word(random, "abcxyz019") + "." + word(random, "abcü");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2.3.4", "0.0.0.0", "255.255.255.255"})
  void takesIpv4Literals(String address) {
    assertTrue(IpAddress.isV4(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "01.2.3.4",
        "1..2.3",
        "a.b.c.d",
        "",
        "1.2.3.4 ",
        "٣.1.1.1"
      })
  void refusesOtherIpv4Literals(String address) {
    assertEquals(false, IpAddress.isV4(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::",
        "::1",
        "1::",
        "2001:db8::1",
        "1:2:3:4:5:6:7:8",
        "::ffff:1.2.3.4",
        "1:2:3:4:5:6:1.2.3.4",
        "1:2:3:4:5:6:7::"
      })
  void takesIpv6Literals(String address) {
    assertTrue(IpAddress.isV6(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "g::1",
        "1::2::3",
        "1:2:3:4:5:6:7:8::",
        "::1.2.3",
        "::1%eth0"
      })
  void refusesOtherIpv6Literals(String address) {
    assertEquals(false, IpAddress.isV6(address));
  }

  @Test
  void bytesThatAreNoUtf8AreMalformed() {
    assertThrows(
        Malformed.class,
        () -> CommandParser.parse(new byte[] {'N', 'O', 'O', 'P', ' ', (byte) 0xc3}));
  }
}
