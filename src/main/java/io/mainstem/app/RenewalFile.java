package io.mainstem.app;

import io.mainstem.mailbox.Renewal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** {@code DATA/renewal}: the newest renewal of a store that lies in the data directory. */
final class RenewalFile {
  private static final String NAME = "renewal";

  private RenewalFile() {}

  /**
   * @throws StartFailure when there is one that holds no number
   */
  static int read(Path data) throws IOException {
    Path file = data.resolve(NAME);
    if (!Files.exists(file)) {
      return Renewal.NONE;
    }
    try {
      return Integer.parseInt(Files.readString(file).strip());
    } catch (NumberFormatException e) {
      throw new StartFailure(
          "%s is damaged: it should hold a number. Say again: mainstem cell restored"
              .formatted(file),
          e);
    }
  }

  /** The file appears whole or not at all. */
  static void write(Path data, int number) throws IOException {
    Path fresh = data.resolve(NAME + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap((number + "\n").getBytes(StandardCharsets.US_ASCII)));
      channel.force(true);
    }
    Files.move(
        fresh,
        data.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
