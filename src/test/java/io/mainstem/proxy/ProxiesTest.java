package io.mainstem.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
  private final Proxies proxies = Proxies.of(List.of("10.0.0.0/8", "::1"));

  private String client(String peer, String... fields) throws Exception {
    return proxies.client(InetAddress.getByName(peer), List.of(fields)).getHostAddress();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          for=192.0.2.43                                   | 192.0.2.43
          For=192.0.2.43;proto=http;by=203.0.113.43        | 192.0.2.43
          proto=https;for="192.0.2.43:4711"                | 192.0.2.43
          for="192.0.2.43:_port"                           | 192.0.2.43
          for="[2001:db8:cafe::17]:4711"                   | 2001:db8:cafe:0:0:0:0:17
          for="[2001:db8:cafe::17]"                        | 2001:db8:cafe:0:0:0:0:17
          for="\\1\\92.0.2.43"                             | 192.0.2.43
          for=198.51.100.1, for=192.0.2.43                 | 192.0.2.43
          for=198.51.100.1, for=192.0.2.43, for=10.1.1.1   | 192.0.2.43
          for=198.51.100.1,for=10.1.1.2 , for=10.1.1.1     | 198.51.100.1
          for=198.51.100.1, for=unknown                    | 10.0.0.1
          for=198.51.100.1, for=_hidden, for=10.1.1.1      | 10.1.1.1
          for=198.51.100.1, proto=http                     | 10.0.0.1
          for="_gazonk"                                    | 10.0.0.1
          by=198.51.100.1                                  | 10.0.0.1
          for=localhost                                    | 10.0.0.1
          for="[192.0.2.43]"                               | 10.0.0.1
          for="[::1"                                       | 10.0.0.1
          for="192.0.2.43:port"                            | 10.0.0.1
          """)
  void theLastBelievedProxySaysWhoAsks(String field, String client) throws Exception {
    assertEquals(client, client("10.0.0.1", field));
  }

  @Test
  void nobodyElseIsBelieved() throws Exception {
    assertEquals("192.0.2.7", client("192.0.2.7", "for=198.51.100.1"));
    assertEquals("127.0.0.1", client("127.0.0.1", "for=198.51.100.1"));
    assertEquals("198.51.100.1", client("::1", "for=198.51.100.1"));
    assertEquals(
        "10.0.0.1",
        Proxies.NONE
            .client(InetAddress.getByName("10.0.0.1"), List.of("for=1.2.3.4"))
            .getHostAddress());
    assertEquals("10.0.0.1", client("10.0.0.1"));
  }

  @Test
  void whatAClientWroteBeforeIsReadOnlyBehindBelievedProxies() throws Exception {
    assertEquals("192.0.2.43", client("10.0.0.1", "for=\"garbage", "for=192.0.2.43"));
    assertEquals("192.0.2.43", client("10.0.0.1", "for=198.51.100.1", "for=192.0.2.43"));
    assertEquals("198.51.100.1", client("10.0.0.1", "for=198.51.100.1", "for=10.0.0.2"));
    assertEquals("10.0.0.2", client("10.0.0.1", "for=\"garbage", "for=10.0.0.2"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for",
        "for=",
        "=1.2.3.4",
        "for=1.2.3.4 x",
        "for=1.2.3.4;for=1.2.3.5",
        "for=\"1.2.3.4",
        "for=1.2.3.4\"",
        "for=[::1]",
        "for=1.2.3.4:80",
        "for =1.2.3.4",
        "for= 1.2.3.4",
        "for=\"1.2.3.4\"x"
      })
  void refusesWhatTheGrammarDoes(String field) {
    assertThrows(Malformed.class, () -> Forwarded.parse(field));
  }

  @Test
  void emptyPairsAndElementsAreAllowed() {
    assertEquals(
        List.of(
            new Forwarded(Map.of()),
            new Forwarded(Map.of("for", "a", "proto", "b")),
            new Forwarded(Map.of())),
        Forwarded.parse(" , ;for=a;;proto=b; ,"));
  }
}
