package io.mainstem.gateway.smtp;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** An SMTP client of a few lines, over a plain socket of the JDK. */
public final class LineClient implements AutoCloseable {
  private Socket socket;
  private InputStream in;

  public LineClient(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
    read();
  }

  private LineClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(120_000);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  public static LineClient withoutGreeting(int port) throws IOException {
    return new LineClient(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** From one of this machine's addresses. */
  public static LineClient withoutGreeting(InetAddress from, InetAddress to, int port)
      throws IOException {
    return new LineClient(new Socket(to, port, from, 0));
  }

  /** Sends bytes as they are. */
  public LineClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
    return this;
  }

  public LineClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends a line and gives the last line of the reply. */
  public String say(String line) throws IOException {
    send(line + "\r\n");
    return read();
  }

  /** The last line of the next reply; empty at the end of the connection. */
  public String read() throws IOException {
    List<String> lines = readAll();
    return lines.isEmpty() ? "" : lines.getLast();
  }

  /** Whether the server closes, whatever bytes it sends before. */
  public boolean atEnd() throws IOException {
    try {
      in.readAllBytes();
    } catch (java.net.SocketException reset) {
      // A reset is an end, too.
      return true;
    }
    return true;
  }

  /** All lines of the next reply. */
  public List<String> readAll() throws IOException {
    var lines = new ArrayList<String>();
    while (true) {
      String line = readLine();
      if (line == null) {
        return lines;
      }
      lines.add(line);
      if (line.length() < 4 || line.charAt(3) == ' ') {
        return lines;
      }
    }
  }

  /** The next line, of whatever protocol; null at the end of the connection. */
  public String readLine() throws IOException {
    var line = new StringBuilder();
    int b;
    while ((b = in.read()) != '\n') {
      if (b < 0) {
        return null;
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  /** STARTTLS, whatever certificate is shown. */
  public X509Certificate startTls() throws IOException, GeneralSecurityException {
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
    var tls =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
    tls.startHandshake();
    socket = tls;
    in = new BufferedInputStream(tls.getInputStream());
    return (X509Certificate) tls.getSession().getPeerCertificates()[0];
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
