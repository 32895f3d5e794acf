package io.mainstem.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/** Random bytes of this data directory that outlive restarts, mode 0600. */
final class Secret {
  private static final String FILE = "secret";
  private static final int BYTES = 32;

  private Secret() {}

  static byte[] of(Path data) throws IOException {
    Path file = data.resolve(FILE);
    if (Files.exists(file)) {
      byte[] kept = Files.readAllBytes(file);
      if (kept.length >= BYTES) {
        return kept;
      }
    }
    byte[] fresh = new byte[BYTES];
    new SecureRandom().nextBytes(fresh);
    Path written = data.resolve(FILE + ".new");
    Files.deleteIfExists(written);
    if (data.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          written,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } else {
      Files.createFile(written);
    }
    Files.write(written, fresh, StandardOpenOption.TRUNCATE_EXISTING);
    Files.move(written, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    return fresh;
  }
}
