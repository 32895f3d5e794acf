package io.mainstem.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The bytes are written by hand here, after the specification. */
class ProxyHeaderTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  /** 192.0.2.43:4711 to 10.0.0.1:25. */
  private static final String IPV4 = "c000022b" + "0a000001" + "1267" + "0019";

  /** 2001:db8::17 to ::1. */
  private static final String IPV6 =
      "20010db8000000000000000000000017" + "00000000000000000000000000000001" + "1267" + "0019";

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
  }

  private static String header(String commandAndKind, String rest) {
    return SIGNATURE + commandAndKind + "%04x".formatted(rest.length() / 2) + rest;
  }

  private static String read(String hex) {
    ProxyHeader header = ProxyHeader.read(bytes(hex));
    if (header == null) {
      return "more";
    }
    return header.lengthBytes()
        + " "
        + (header.client() == null ? "itself" : header.client().getHostAddress());
  }

  @Test
  void saysForWhomTheProxySpeaks() {
    assertEquals("28 192.0.2.43", read(header("2111", IPV4)));
    assertEquals("52 2001:db8:0:0:0:0:0:17", read(header("2121", IPV6)));
    assertEquals("28 192.0.2.43", read(header("2111", IPV4) + "45484c4f"), "text behind it");
    assertEquals("35 192.0.2.43", read(header("2111", IPV4 + "04000401020304")), "a TLV");
  }

  @Test
  void aProxyMaySpeakForItself() {
    assertEquals("16 itself", read(header("2000", "")), "a health check");
    assertEquals("28 itself", read(header("2011", IPV4)), "addresses of LOCAL are not looked at");
    assertEquals("16 itself", read(header("2100", "")), "a family that it cannot name");
    assertEquals("28 itself", read(header("2112", IPV4)), "datagrams");
    assertEquals("232 itself", read(header("2131", "00".repeat(216))), "a local socket");
  }

  @Test
  void waitsUntilAllOfItIsThere() {
    String whole = header("2121", IPV6 + "04000401020304");
    for (int length = 0; length < whole.length() / 2; length++) {
      ByteBuf part = bytes(whole.substring(0, 2 * length));
      assertNull(ProxyHeader.read(part), "after " + length + " bytes");
      assertEquals(length, part.readableBytes());
    }
    assertEquals("59 2001:db8:0:0:0:0:0:17", read(whole));
  }

  @Test
  void theChecksumIsChecked() {
    String plain = header("2111", IPV4 + "03000400000000");
    var sum = new CRC32C();
    sum.update(HexFormat.of().parseHex(plain));
    String right = header("2111", IPV4 + "030004" + "%08x".formatted(sum.getValue()));
    assertEquals("35 192.0.2.43", read(right));
    refused(header("2111", "c000022c" + right.substring(40)));
    refused(plain);
    refused(header("2111", IPV4 + "030003000000"));
  }

  @Test
  void refusesWhatIsNoneAsSoonAsItShows() {
    refused("45"); // EHLO
    refused("50524f5859205443503420"); // version 1
    refused(SIGNATURE.substring(0, 22) + "0b");
    refused(header("1111", IPV4));
    refused(header("2211", IPV4));
    refused(header("2141", IPV4));
    refused(header("2113", IPV4));
    refused(header("2111", IPV4.substring(2)));
    refused(header("2121", IPV4));
    refused(header("2111", IPV4 + "0400"));
    refused(header("2111", IPV4 + "0400020a"));
    refused(SIGNATURE + "2111" + "1000");
  }

  @Test
  void noBytesBreakIt() {
    var random = new Random(7);
    byte[] start = HexFormat.of().parseHex(SIGNATURE);
    for (int i = 0; i < 20_000; i++) {
      byte[] all = new byte[12 + random.nextInt(80)];
      random.nextBytes(all);
      System.arraycopy(start, 0, all, 0, 12);
      if (all.length > 15) {
        all[12] = (byte) (0x20 + random.nextInt(2));
        all[13] = (byte) (random.nextInt(4) << 4 | random.nextInt(3));
        all[14] = 0;
        all[15] = (byte) random.nextInt(90);
      }
      try {
        ProxyHeader header = ProxyHeader.read(Unpooled.wrappedBuffer(all));
        if (header != null) {
          assertEquals(16 + all[15], header.lengthBytes());
        }
      } catch (Malformed expected) {
        assertEquals(Malformed.class, expected.getClass());
      }
    }
  }

  private static void refused(String hex) {
    assertThrows(Malformed.class, () -> ProxyHeader.read(bytes(hex)), hex);
  }
}
