package io.mainstem.gateway.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.gateway.imap.protocol.ByteInput;
import io.mainstem.gateway.imap.protocol.Malformed;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** COMPRESS=DEFLATE (RFC 4978). */
class CompressTest {
  @Test
  void aSessionGoesOnCompressed(@TempDir Path data) throws Exception {
    try (var node = new ImapNode(data, Map.of());
        var client = ImapClient.of(node.gateway.port(), "u1")) {
      assertTrue(client.say("COMPRESS LZW").tagged().startsWith("BAD "));
      client.compress();
      assertTrue(client.say("COMPRESS DEFLATE").tagged().startsWith("NO [COMPRESSIONACTIVE]"));
      String mail = "Subject: long\r\n\r\n" + "All of this again. ".repeat(50_000) + "\r\n";
      assertEquals(1, client.append("INBOX", mail));
      client.ok("SELECT INBOX");
      var answer = client.ok("FETCH 1 (UID BODY.PEEK[])");
      assertEquals(
          "* 1 FETCH (UID 1 BODY[] {" + mail.length() + "}\r\n" + mail + ")",
          answer.untagged().get(0));
      assertTrue(client.say("LOGOUT").isOk());
    }
  }

  @Test
  void whatIsShortIsNotInflatedAtOnce() throws Exception {
    var out = new ByteArrayOutputStream();
    try (var deflated = new DeflaterOutputStream(out, new Deflater(9, true))) {
      deflated.write(new byte[50 << 20]);
    }
    var input = new ByteInput();
    input.inflate();
    input.add(out.toByteArray());
    long all = 0;
    for (int i = 0; i < 3_200 && !input.isEmpty(); i++) {
      assertTrue(input.available() <= 16 << 10, "a piece at a time");
      all += input.take(input.available()).length;
    }
    assertEquals(50 << 20, all);
    assertThrows(Malformed.class, () -> again(input));
    input.end();
  }

  private static void again(ByteInput input) {
    input.add("no such stream".getBytes(StandardCharsets.US_ASCII));
    input.isEmpty();
  }
}
