package io.mainstem.cell.move;

import static io.mainstem.cell.move.TwoCells.get;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mainstem.cell.wire.NodeCertificates;
import io.mainstem.mailbox.Query;
import io.mainstem.message.UserId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Cells whose nodes prove to one another who they are. */
@Timeout(300)
class CellsTlsTest {
  private static final Duration LONG = Duration.ofSeconds(120);

  @TempDir private Path data;

  private NodeCertificates authority(String name) throws Exception {
    return new NodeCertificates(Files.createDirectory(data.resolve(name)), name);
  }

  private static Map<String, String> settings(NodeCertificates authority, String node)
      throws Exception {
    var files = authority.of(node);
    return Map.of(
        "cell.wire.certificate", files.certificate(),
        "cell.wire.key", files.key(),
        "cell.wire.authority", files.authority());
  }

  @Test
  void cellsOfOneAuthoritySpeak() throws Exception {
    var ours = authority("ours");
    try (var town =
        new TwoCells(
            data.resolve("town"),
            TwoCells.settings(),
            true,
            Map.of("a", settings(ours, "a1"), "b", settings(ours, "b1")))) {
      await().atMost(LONG).until(() -> town.a.node.others().isReached("b"));
      UserId bob = get(town.b.node.directory.createUser("bob", null, null)).id();
      var mail = Load.mail(bob, "over TLS", null);
      TwoCells.insist(() -> town.a.node.everywhere().submit(bob, mail));
      assertEquals(
          1, get(town.b.node.everywhere().query(bob, new Query.GetCounts())).counts().unread());
    }
  }

  @Test
  void aCellOfAnotherAuthorityIsNotHeardAndTheKeyToLookAtIsNamed() throws Exception {
    assertNotHeard(settings(authority("theirs"), "b1"));
  }

  @Test
  void aCellWithoutCertificatesIsNotHeardAndTheKeyToLookAtIsNamed() throws Exception {
    assertNotHeard(Map.of());
  }

  private void assertNotHeard(Map<String, String> ofB) throws Exception {
    var said = new ListAppender<ILoggingEvent>();
    said.list = new CopyOnWriteArrayList<>();
    said.start();
    var log = (Logger) LoggerFactory.getLogger("io.mainstem.cell.wire.Distrust");
    log.addAppender(said);
    try (var town =
        new TwoCells(
            data.resolve("town"),
            TwoCells.settings(),
            true,
            Map.of("a", settings(authority("ours"), "a1"), "b", ofB))) {
      await()
          .atMost(LONG)
          .until(
              () ->
                  texts(said).stream()
                      .anyMatch(
                          text ->
                              text.startsWith(
                                  "Node b1 of cell b and this one do not trust one another")));
      texts(said).forEach(text -> assertTrue(text.contains("cell.wire.authority"), text));
      assertFalse(town.a.node.others().isReached("b"));
      assertFalse(town.b.node.others().isReached("a"));
    } finally {
      log.detachAppender(said);
    }
  }

  private static List<String> texts(ListAppender<ILoggingEvent> said) {
    return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
