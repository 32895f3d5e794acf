package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The schemas of log and wire are checked in, so that a change of them is seen in review. */
class SchemaTest {
  private static TreeSet<String> definitions(String resource) throws IOException {
    try (var in = SchemaTest.class.getResourceAsStream(resource)) {
      var text =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .replaceAll("(?m)^\\s*//.*$", "")
              .replaceAll("\\s+", " ");
      return new TreeSet<>(List.of(text.split("(?<=})")));
    }
  }

  @Test
  void theCheckedInSchemaIsTheGeneratedOne() throws IOException {
    assertEquals(
        definitions("/io/mainstem/mailbox/mailbox.proto"),
        definitions("/proto/mailbox.proto"),
        "copy target/classes/proto/mailbox.proto when the change is meant; numbers of released"
            + " fields never change");
  }

  @Test
  void theCheckedInSchemaOfTheWireIsTheGeneratedOne() throws IOException {
    assertEquals(
        definitions("/io/mainstem/mailbox/wire.proto"),
        definitions("/proto/wire.proto"),
        "copy target/classes/proto/wire.proto when the change is meant; nodes of two versions"
            + " talk by these numbers");
  }

  @Test
  void theCheckedInSchemaOfEnvelopesIsTheGeneratedOne() throws IOException {
    assertEquals(
        definitions("/io/mainstem/mailbox/peer.proto"),
        definitions("/proto/peer.proto"),
        "copy target/classes/proto/peer.proto when the change is meant; nodes of two versions"
            + " talk by these numbers");
  }

  @Test
  void whatIsNoEntryIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Codec.decode(new byte[] {1, 2, 3}, null));
    assertThrows(
        IllegalArgumentException.class, () -> Codec.decodeObject("t/x", new byte[] {9, 9}));
    assertThrows(
        IllegalArgumentException.class, () -> Codec.decodeObject("nonsense", new byte[] {1}));
  }

  @Test
  void anEntryWithoutItsBodyHasNoContent() {
    var town = new Town("alice", "bob");
    town.chat("alice", "hi", "bob");
    var row = town.at("alice").log.firstEntry().getValue();
    var bare = Codec.decode(row.entry(), null);
    assertEquals(List.of(), bare.contents());
    assertEquals(List.of(), Mailbox.outgoing(town.at("alice").user, bare));
    assertArrayEquals(row.entry(), Codec.encode(bare).entry());
  }
}
