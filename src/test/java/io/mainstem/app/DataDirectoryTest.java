package io.mainstem.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir private Path directory;

  @Test
  void isMadeForThisAccountAlone() throws Exception {
    Path root = directory.resolve("a/data");
    try (var data = DataDirectory.open(root)) {
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data.root())));
      assertEquals("1", Files.readString(root.resolve("format")).strip());
    }
  }

  @Test
  void newerFormatIsRefusedWithBothVersionsNamed() throws Exception {
    Files.writeString(directory.resolve("format"), "2\n");
    String message =
        assertThrows(StartFailure.class, () -> DataDirectory.open(directory)).getMessage();
    assertTrue(message.contains("format 2") && message.contains("up to format 1"), message);
    Files.writeString(directory.resolve("format"), "1\n");
    DataDirectory.open(directory).close();
  }

  @Test
  void damagedFormatIsRefused() throws Exception {
    for (String text : new String[] {"", "x", "0", "-1"}) {
      Files.writeString(directory.resolve("format"), text);
      assertTrue(
          assertThrows(StartFailure.class, () -> DataDirectory.open(directory))
              .getMessage()
              .contains("damaged"));
    }
  }

  @Test
  void secondProcessIsKeptOut() {
    try (var held = DataDirectory.open(directory)) {
      String message =
          assertThrows(StartFailure.class, () -> DataDirectory.open(held.root())).getMessage();
      assertTrue(message.contains("in use by process " + ProcessHandle.current().pid()), message);
    }
    DataDirectory.open(directory).close();
  }

  @Test
  void fileInItsPlaceIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertTrue(
        assertThrows(StartFailure.class, () -> DataDirectory.open(file))
            .getMessage()
            .contains("is a file"));
  }

  @Test
  void readyFileOfAKilledProcessIsTakenAway() throws Exception {
    assertNull(DataDirectory.readReady(directory));
    try (var data = DataDirectory.open(directory)) {
      data.writeReady(new JsonObject().put("http", "127.0.0.1:1"));
      assertNotNull(DataDirectory.readReady(directory));
    }
    try (var again = DataDirectory.open(directory)) {
      assertFalse(Files.exists(again.root().resolve("ready.json")));
    }
  }
}
