package io.mainstem.cell;

import static io.mainstem.cell.CellFixture.get;
import static io.mainstem.cell.CellFixture.mail;
import static io.mainstem.cell.CellFixture.texts;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mainstem.cell.wire.NodeCertificates;
import io.mainstem.config.Config;
import io.mainstem.config.ConfigException;
import io.mainstem.message.UserId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that prove to one another who they are. */
@Timeout(300)
class CellTlsTest {
  @TempDir private Path data;

  private static Map<String, String> settings(NodeCertificates authority, String node)
      throws Exception {
    var files = authority.of(node);
    return Map.of(
        "cell.wire.certificate", files.certificate(),
        "cell.wire.key", files.key(),
        "cell.wire.authority", files.authority());
  }

  @Test
  void nodesOfOneAuthoritySpeakAndOthersAreNotHeard() throws Exception {
    var authority = new NodeCertificates(Files.createDirectory(data.resolve("ours")), "ours");
    var foreign = new NodeCertificates(Files.createDirectory(data.resolve("theirs")), "theirs");
    try (var cell = new CellFixture(Files.createDirectory(data.resolve("store")))) {
      // It asks for as long as a request may wait, also whom it cannot reach.
      var impatient = new HashMap<>(settings(authority, "a"));
      impatient.put("cell.requestSeconds", "10");
      cell.start("a", impatient);
      cell.start("b", settings(authority, "b"));
      cell.settle();
      // The first handshake of a process takes its time, longer than a request would wait.
      var a = cell.nodes.get("a").router().peers();
      var b = cell.nodes.get("b").router().peers();
      await().atMost(CellFixture.LONG).until(() -> a.isUp("b") && b.isUp("a"));
      UserId user = cell.userOf("a");
      get(cell.nodes.get("b").router().submit(user, mail(user, "over TLS")));
      assertEquals(List.of("over TLS"), texts(cell.nodes.get("b").router(), user));
      // It is in the cell by Hazelcast's word, and nobody believes it on the wire.
      cell.start("c", settings(foreign, "c"));
      cell.settle();
      var c = cell.nodes.get("c");
      UserId theirs = cell.userOf("c");
      assertTrue(
          CellTest.failure(
                  cell.nodes.get("a").router().submit(theirs, mail(theirs, "to a stranger")))
              .getMessage()
              .contains("no owner that can be reached"));
      assertFalse(c.router().peers().isUp("a"));
      assertFalse(c.router().peers().isUp("b"));
      assertFalse(a.isUp("c"));
      assertTrue(a.isUp("b"));
    }
  }

  @Test
  void halfASetOfCertificatesIsRefused() {
    var refused =
        assertThrows(
            ConfigException.class, () -> Config.of(Map.of("cell.wire.certificate", "a.pem")));
    assertTrue(refused.getMessage().contains("cell.wire.authority"), refused.getMessage());
  }
}
