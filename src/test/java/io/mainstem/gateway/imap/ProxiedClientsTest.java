package io.mainstem.gateway.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mail programs behind a balancer, on the port with STARTTLS and on the one that is TLS at once.
 */
class ProxiedClientsTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  @TempDir private Path data;

  private ImapNode node() throws Exception {
    return new ImapNode(
        data, Map.of("imap.proxies", "127.0.0.1", "imap.limits.maxConnectionsPerAddress", "1"));
  }

  private static Socket behindProxy(int port, String client) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    String address = HexFormat.of().formatHex(InetAddress.getByName(client).getAddress());
    socket
        .getOutputStream()
        .write(
            HexFormat.of()
                .parseHex(SIGNATURE + "2111000c" + address + "7f000001" + "1267" + "008f"));
    return socket;
  }

  private static String greeting(Socket socket) throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    return line == null ? "" : line;
  }

  private static SSLSocket tls(Socket socket) throws Exception {
    var trusting =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String authType) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String authType) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {trusting}, null);
    var secured =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
    secured.startHandshake();
    return secured;
  }

  @Test
  void limitsCountWhomTheBalancerSpeaksFor() throws Exception {
    try (ImapNode node = node();
        Socket first = behindProxy(node.gateway.port(), "192.0.2.1");
        Socket other = behindProxy(node.gateway.port(), "192.0.2.2")) {
      assertTrue(greeting(first).startsWith("* OK "));
      assertTrue(greeting(other).startsWith("* OK "));
      try (Socket second = behindProxy(node.gateway.port(), "192.0.2.1")) {
        assertTrue(greeting(second).startsWith("* BYE "));
      }
    }
  }

  @Test
  void theHandshakeMayComeRightBehindTheHeader() throws Exception {
    try (ImapNode node = node()) {
      for (int i = 1; i <= 6; i++) {
        try (Socket secured = tls(behindProxy(node.gateway.tlsPort(), "192.0.2." + i))) {
          assertTrue(greeting(secured).startsWith("* OK "));
        }
      }
    }
  }

  @Test
  void aBalancerWithoutHeaderIsTurnedAway() throws Exception {
    try (ImapNode node = node();
        var socket = new Socket(InetAddress.getLoopbackAddress(), node.gateway.port())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write("a CAPABILITY\r\n".getBytes(StandardCharsets.US_ASCII));
      assertEquals("", greeting(socket));
    }
  }
}
