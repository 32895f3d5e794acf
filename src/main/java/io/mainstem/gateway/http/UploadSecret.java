package io.mainstem.gateway.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/**
 * What binds the ids of uploads to their owners: random bytes in a file of the data directory, made at the first start. When it is
 * lost, uploads that no message names yet must be made again, and nothing else.
 */
public final class UploadSecret {
  public static final String FILE = "upload.secret";

  private static final int BYTES = 32;

  private UploadSecret() {}

  /** Blocks; for the start. */
  public static byte[] of(Path dataDirectory) throws IOException {
    var file = dataDirectory.resolve(FILE);
    try {
      byte[] secret = Files.readAllBytes(file);
      if (secret.length != BYTES) {
        throw new IOException(file + " has " + secret.length + " bytes instead of " + BYTES + "; delete it to have a new one made");
      }
      return secret;
    } catch (NoSuchFileException absent) {
      byte[] secret = new byte[BYTES];
      new SecureRandom().nextBytes(secret);
      // Whole or not at all: a crash in between leaves no half of a secret behind.
      var next = dataDirectory.resolve(FILE + ".new");
      Files.deleteIfExists(next);
      if (Files.getFileStore(dataDirectory).supportsFileAttributeView("posix")) {
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.write(next, secret, StandardOpenOption.CREATE, StandardOpenOption.SYNC, StandardOpenOption.WRITE);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      return secret;
    }
  }
}
