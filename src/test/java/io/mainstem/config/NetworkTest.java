package io.mainstem.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "10.0.0.0/8, ::a00:1, false",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "192.0.2.128/25, 192.0.2.129, true",
    "192.0.2.128/25, 192.0.2.127, false",
    "0.0.0.0/0, 255.1.2.3, true",
    "0.0.0.0/0, ::1, false",
    "::/0, ::1, true",
    "2001:db8::/32, 2001:db8:ffff::1, true",
    "2001:db8::/32, 2001:db9::1, false",
    "::1, ::1, true",
    "::ffff:192.0.2.1, 192.0.2.1, true",
    "127.0.0.0/8, ::ffff:127.0.0.1, true"
  })
  void holdsTheAddressesOfItsBits(String network, String address, boolean held) throws Exception {
    assertEquals(held, Network.parse(network).contains(InetAddress.getByName(address)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0",
        "::/129",
        "",
        "10.0.0.0/8/8",
        "2001:db8::1/32",
        "1.2.3.4.5"
      })
  void refusesWhatIsNone(String text) {
    assertThrows(IllegalArgumentException.class, () -> Network.parse(text));
  }

  @Test
  void aWrongSettingIsNamed() {
    for (String key :
        new String[] {"http.proxies", "smtp.proxies", "submission.proxies", "imap.proxies"}) {
      String message =
          assertThrows(ConfigException.class, () -> Config.of(Map.of(key, "10.0.0.0/8, balancer")))
              .getMessage();
      assertEquals(
          key
              + " = \"balancer\" is not allowed (no address): addresses or networks such as"
              + " 192.0.2.1, 10.0.0.0/8, 2001:db8::/32",
          message);
    }
  }
}
